-- Redirects for the old shop's addresses. Generated together with map.txt, which
-- stands beside this file; after a change of either, restart lighttpd.
-- What is not in the map goes on to the shop.
local tables = {
TABLES}
-- The rows are read once, with the first request.
local rows = package.loaded["replatform"]
local captured = package.loaded["replatform.captured"] -- by table, in the order of the file
if not rows then
  rows, captured = {}, {}
  for _, t in ipairs(tables) do if t.kind == "captured" then captured[t.n] = {} end end
  local here = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("[^/]*$", "")
  for line in io.lines(here .. "map.txt") do
    local key, value = line:match("^(%S+) (.*)$")
    local n, pattern = (key or ""):match("^(%d+):(.*)$")
    local list = captured[tonumber(n)]
    if list then
      local word = pattern:find("{id}", 1, true) and "{id}" or "{slug}"
      local from, to = pattern:find(word, 1, true)
      list[#list + 1] = { before = pattern:sub(1, from - 1), after = pattern:sub(to + 1), word = word, value = value }
    elseif key then
      rows[key] = value
    end
  end
  package.loaded["replatform"], package.loaded["replatform.captured"] = rows, captured
end

-- The value of the first captured row of a list that a key has the shape of, with the
-- captured part in the place of its word.
local function filled(list, key)
  for _, c in ipairs(list) do
    local class = c.word == "{id}" and "^[0-9]+$" or "^[0-9A-Za-z_%-]+$"
    local part = key:sub(#c.before + 1, #key - #c.after)
    if key:sub(1, #c.before) == c.before and key:sub(#key - #c.after + 1) == c.after and part:find(class) then
      return (c.value:gsub(c.word, part))
    end
  end
end

local function upper(s) return (s:gsub("%%%x%x", string.upper)) end

local target = upper(lighty.env["request.orig-uri"])
local path, query = target:match("^([^?]*)%??(.*)$")
local host = (lighty.request["Host"] or ""):lower():gsub(":%d*$", "")

-- The first value of each name; a parameter without an equals sign has the empty name.
local values = {}
for piece in query:gmatch("[^&]+") do
  local name, value = piece:match("^([^=]*)=(.*)$")
  if not name then name, value = "", piece elseif name == "" then name = nil end
  if name and not values[name] then values[name] = value end
end

for _, t in ipairs(tables) do
  local before = t.n .. ":" .. (t.host and host or "")
  local key = before
  if t.kind == "captured" and #t.names == 0 then
    key = key .. path
  elseif t.kind == "raw" then
    key = key .. target
  elseif t.kind == "path" then
    key = key .. path
  elseif t.kind == "prefix" then
    -- The longest folder of the path that has a row.
    local folder = path:gsub("/+$", "")
    while folder ~= "" and not rows[before .. folder] do folder = folder:gsub("/[^/]*$", ""):gsub("/+$", "") end
    key = before .. folder
  else
    local pieces = {}
    for i, name in ipairs(t.names) do pieces[i] = name .. "=" .. (values[name] or "") end
    key = key .. path .. "?" .. table.concat(pieces, "&")
  end
  local row
  if t.kind == "captured" then row = filled(captured[t.n], key:match("^%d+:(.*)$")) else row = rows[key] end
  if row then
    local status, keep, to = row:match("^(%d+)(%+?) ?(.*)$")
    local sent = lighty.env["request.orig-uri"]:match("%?(.*)$") or ""
    if keep ~= "" and sent ~= "" then
      local head, part = to:match("^([^#]*)(.*)$")
      to = head .. (head:find("?", 1, true) and "&" or "?") .. sent .. part
    end
    if to ~= "" then lighty.header["Location"] = to end
    return tonumber(status)
  end
end
