-- Redirects for the old shop's addresses. Generated together with map.txt, which
-- stands beside this file; after a change of either, restart lighttpd.
-- What is not in the map goes on to the shop.
local tables = {
TABLES}
-- The rows are read once, with the first request.
local rows = package.loaded["replatform"]
if not rows then
  rows = {}
  local here = debug.getinfo(1, "S").source:gsub("^@", ""):gsub("[^/]*$", "")
  for line in io.lines(here .. "map.txt") do
    local key, value = line:match("^(%S+) (.*)$")
    if key then rows[key] = value end
  end
  package.loaded["replatform"] = rows
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
  if t.kind == "raw" then
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
  local row = rows[key]
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
