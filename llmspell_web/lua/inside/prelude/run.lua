-- Runs the script once: its errors, its result, the files it left open, its end.
local shared = ...
local natives, globals, out = shared.natives, shared.globals, shared.out
local type, pcall, xpcall, select, rawget, tostring = type, pcall, xpcall, select, rawget, tostring
local getmetatable, unpack, math_type = shared.getmetatable, table.unpack, math.type

local RESULT_BYTES = 1024 * 1024
local trace = ""

local function message_of(value)
  if type(value) == "string" then return value end
  if math_type(value) then return tostring(value) end
  local meta = getmetatable(value)
  if type(value) == "table" and meta and rawget(meta, "__tostring") ~= nil then
    local ok, text = pcall(tostring, value)
    if ok and type(text) == "string" then return text end
  end
  return "(error object is a " .. type(value) .. " value)"
end

-- Returns text in any case: Lua also runs this handler for errors inside load().
local function handler(value)
  local message = message_of(value)
  local ok, lines = pcall(shared.trace, 2)
  trace = ok and lines or ""
  return message
end

local function result_of(count, ...)
  if count == 0 or (count == 1 and (...) == nil) then return nil end
  local value = ...
  if count > 1 then
    value = { ... }
    for i = 1, count do
      if value[i] == nil then value[i] = shared.null end
    end
  end
  local ok, text = shared.native(natives.encode, value)
  if ok and #text <= RESULT_BYTES then return text end
  return nil, ok and "its JSON text is longer than 1 MiB" or text
end

local function succeeded(name, _, ...)
  shared.flush_all(true)
  local result, problem = result_of(select("#", ...), ...)
  if problem then out(2, name .. ": the returned value was not kept: " .. problem .. "\n") end
  natives.finish("succeeded", "", "", result)
end

local function failed(message, lines)
  shared.flush_all(false)
  natives.finish("failed", message, lines)
end

function shared.finish_exit(status, text)
  local where, lines = shared.position(), shared.trace(2)
  shared.flush_all(true)
  if status == 0 then natives.finish("succeeded", "", "") end
  natives.finish("failed", where .. "os.exit(" .. text .. ")", lines)
end

local function fill_arguments(...)
  local arguments = {}
  for i = 1, select("#", ...), 2 do
    local key, value = select(i, ...)
    arguments[key] = value
  end
  globals.arg, globals.ARGS = arguments, arguments
  return arguments
end

function shared.begin()
  local first, second = natives.random()
  shared.randomseed(first, second)
  shared.begin_text(first ~ second)
end

function shared.main(source, name, ...)
  local arguments = fill_arguments(0, name, ...)
  shared.main_chunk = "=" .. name
  local chunk, message = shared.load(shared.without_shebang(source), shared.main_chunk, "t")
  if not chunk then return natives.finish("failed", message, "") end
  local function outcome(ok, ...)
    if ok then return succeeded(name, ok, ...) end
    message = ...
    if type(message) ~= "string" then message = "error in error handling" end
    failed(message, message == "not enough memory" and "" or trace)
  end
  outcome(xpcall(chunk, handler, unpack(arguments)))
end
