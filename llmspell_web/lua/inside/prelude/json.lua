-- The json library, and what each table is when it leaves Lua.
local shared = ...
local fail, native, natives = shared.fail, shared.native, shared.natives
local type, rawequal, rawget, next, setmetatable, math_type = type, rawequal, rawget, next, setmetatable, math.type
local getmetatable = shared.getmetatable

local array, object = {}, {}
local null = setmetatable({}, { __name = "json.null", __tostring = function() return "null" end, __metatable = false })
local text_forms = setmetatable({}, { __mode = "k" })
local path = {} -- the tables that lead to the one being described

-- Called from Python for each table; see convert.py.
function shared.describe(value, depth)
  if rawequal(value, null) then return "null" end
  local meta = getmetatable(value)
  if meta then
    local form = text_forms[meta]
    if form then
      local text = form(value)
      if type(text) == "string" then return "text", text end -- a forged table is only a table
    end
    if shared.states[value] then return "foreign", "file" end
  end
  for i = 1, depth do
    if rawequal(path[i], value) then return "cycle" end
  end
  path[depth + 1] = value
  if rawequal(meta, array) then return "array" end
  if rawequal(meta, object) then return "object" end
end

function shared.mark_array(value)
  return setmetatable(value, array)
end

local function marker(name, meta)
  return function(value)
    if value == nil then value = {} end
    if type(value) ~= "table" then fail("json." .. name .. ": a table expected, got " .. type(value)) end
    local old = getmetatable(value)
    if old and old ~= array and old ~= object then fail("json." .. name .. ": the table has a metatable already") end
    return setmetatable(value, meta)
  end
end

local function indentation(options)
  if options == nil then return nil end
  if type(options) ~= "table" then fail("json.encode: options must be a table, got " .. type(options)) end
  for key in next, options do
    if key ~= "indent" then fail('json.encode: unknown option "' .. shared.tostring(key) .. '" (did you mean "indent"?)') end
  end
  local indent = rawget(options, "indent")
  if indent == nil then return nil end
  if math_type(indent) ~= "integer" or indent < 0 or indent > 16 then
    fail("json.encode: indent must be an integer from 0 to 16")
  end
  if indent > 0 then return indent end
end

local function encode(value, options)
  local indent = indentation(options)
  local ok, text = native(natives.encode, value, indent)
  if not ok then fail(text == "not enough memory" and text or "json.encode: " .. text) end
  return text
end

local function decode(text)
  if type(text) ~= "string" then fail("json.decode: text expected, got " .. type(text)) end
  local ok, value = native(natives.decode, text)
  if not ok then fail(value == "not enough memory" and value or "json.decode: " .. value) end
  return value
end

shared.null, shared.text_forms = null, text_forms
shared.globals.json = {
  encode = encode, decode = decode, stringify = encode, parse = decode,
  null = null, array = marker("array", array), object = marker("object", object),
}
shared.globals.JSON = shared.globals.json
