// Redirects for the old shop's addresses: a CloudFront function (runtime 2.0) on
// the viewer request. The rows are in the key value store. What is not there goes
// on to the origin.
import cf from 'cloudfront';

// In the order in which they are asked: whether the key begins with the host, what
// it is made of, and the parameters in it.
const tables = TABLES;

async function handler(event) {
    const request = event.request;
    const raw = request.rawQueryString();
    const path = upper(request.uri);
    const query = upper(raw || '');
    const host = request.headers.host.value.toLowerCase().split(':')[0];
    const store = cf.kvs();
    for (let i = 0; i < tables.length; i++) {
        const key = tables[i].n + ':' + (tables[i].host ? host : '') + lookup(tables[i], path, query, raw !== undefined);
        if (key.length > 512) continue;
        let row;
        try {
            row = await store.get(key);
        } catch (e) {
            continue; // not there
        }
        const status = parseInt(row.slice(0, 3), 10);
        const response = { statusCode: status, statusDescription: status < 400 ? 'Moved' : 'Gone' };
        if (status < 400) response.headers = { location: { value: row.slice(4) } };
        return response;
    }
    return request;
}

function lookup(table, path, query, hasQuery) {
    if (table.kind === 'raw') return hasQuery ? path + '?' + query : path;
    if (table.kind === 'path') return path;
    const parts = [];
    for (let i = 0; i < table.names.length; i++) parts.push(table.names[i] + '=' + parameter(query, table.names[i]));
    return path + '?' + parts.join('&');
}

// parameter returns the first value of a name. A parameter without an equals sign
// has the empty name.
function parameter(query, name) {
    const pieces = query.split('&');
    for (let i = 0; i < pieces.length; i++) {
        const equals = pieces[i].indexOf('=');
        if (name === '' && equals < 0 && pieces[i] !== '') return pieces[i];
        if (name !== '' && equals === name.length && pieces[i].slice(0, equals) === name) return pieces[i].slice(equals + 1);
    }
    return '';
}

function upper(s) {
    return s.replace(/%[0-9a-fA-F]{2}/g, (escape) => escape.toUpperCase());
}
