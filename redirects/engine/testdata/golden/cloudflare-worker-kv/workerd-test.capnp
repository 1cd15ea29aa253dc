# To try the Worker on this machine without an account:
#   npx workerd serve workerd-test.capnp
# then: curl -i --path-as-is -H 'Host: www.old.example' 'http://127.0.0.1:18081/OLD-PATH'
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "main", worker = .redirects), (name = "kv", disk = (path = "kv"))],
  sockets = [(name = "http", address = "127.0.0.1:18081", http = (), service = "main")]
);

const redirects :Workerd.Worker = (
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
    (name = "map.json", json = embed "map.json")
  ],
  compatibilityDate = "2026-09-01",
  bindings = [(name = "ELSE", text = "404"), (name = "REDIRECTS", kvNamespace = "kv")]
);
