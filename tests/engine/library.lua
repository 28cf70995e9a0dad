-- A library such as a product brings: two groups of host functions, and some of its own.
local sandbox = ...
local setmetatable, type = setmetatable, type

local function group(name, functions)
  local library = {}
  for i = 1, #functions do
    local op = name .. "." .. functions[i]
    library[functions[i]] = function(...) return sandbox.call(op, ...) end
  end
  sandbox.define(name, library)
end

group("Session", { "create", "get", "list" })
group("Artifact", { "store", "get", "list" })

local Id = { __tostring = function(id) return id.id end }
sandbox.text_form(Id, function(id) return id.id end)

sandbox.define("host", {
  echo = function(value) return sandbox.call("echo", value) end,
  store = function(content) return sandbox.call("store", content) end,
  try = function(op, ...) return sandbox.try(op, ...) end,
  id = function(text) return setmetatable({ id = text }, Id) end,
  warn = sandbox.warn,
  check = function(value)
    if type(value) ~= "string" then sandbox.fail("host.check: text expected, got " .. type(value)) end
    return true
  end,
})
