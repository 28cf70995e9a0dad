-- Text forms of values without real addresses, and tracebacks in the script's own lines.
local shared = ...
local type, rawget, select, setmetatable, tostring, error = type, rawget, select, setmetatable, tostring, error
local getmetatable, traceback = debug.getmetatable, debug.traceback
local sub, find, gmatch, gsub, format, concat = string.sub, string.find, string.gmatch, string.gsub, string.format, table.concat
local math_type, unpack, pcall = math.type, table.unpack, pcall

local ADDRESSED = { table = true, ["function"] = true, thread = true, userdata = true }
local NOT_TEXT = "'__tostring' must return a string"
local base, count = 0x555500000000, 0
local numbers = setmetatable({}, { __mode = "k" })

local function address(value)
  local number = numbers[value]
  if not number then
    count = count + 1
    number = count
    numbers[value] = number
  end
  return format("0x%012x", base + number * 32)
end

-- What the object's own __tostring says; Lua's complaint about it points at the script.
local function own_text(value)
  local ok, text = pcall(tostring, value)
  if ok then return text end
  if text == NOT_TEXT then shared.fail(text) end
  error(text, 0)
end

local function masked(value)
  local kind = type(value)
  if not ADDRESSED[kind] then return tostring(value) end
  local meta = getmetatable(value)
  if meta then
    if rawget(meta, "__tostring") ~= nil then return own_text(value) end
    local name = rawget(meta, "__name")
    if type(name) == "string" then kind = name end
  end
  return kind .. ": " .. address(value)
end

local function pointer(value)
  if ADDRESSED[type(value)] or type(value) == "string" then return address(value) end
  return "(null)"
end

-- Rewrites the template and the arguments so that %s and %p show masked text.
local function convert(arguments, template)
  local n = 0
  return (gsub(template, "%%([^%a%%]*)([%a%%])", function(flags, letter)
    if letter == "%" then return nil end
    n = n + 1
    local value = arguments[n]
    if letter == "p" and n <= arguments.n then
      arguments[n] = pointer(value)
      return "%" .. flags .. "s"
    end
    if letter == "s" and ADDRESSED[type(value)] then arguments[n] = masked(value) end
  end))
end

local function checked(ok, ...)
  if not ok then
    local message = ...
    if type(message) ~= "string" then message = "not enough memory" end
    shared.fail((gsub(gsub(message, "^%[sandbox%]:%d+: ", ""), "to '%?'", "to 'format'")))
  end
  return ...
end

local function needs_mask(template, ...)
  if type(template) ~= "string" then return false end
  for i = 1, select("#", ...) do
    if ADDRESSED[type((select(i, ...)))] then return true end
  end
  return find(template, "p", 1, true) ~= nil
end

local function safe_format(template, ...)
  if not needs_mask(template, ...) then return checked(pcall(format, template, ...)) end
  local arguments = { n = select("#", ...), ... }
  local plain = convert(arguments, template)
  return checked(pcall(format, plain, unpack(arguments, 1, arguments.n)))
end

-- The stack in the script's own lines: frames of C and of the sandbox are left out.
local function own_lines(trace)
  local lines = {}
  for line in gmatch(trace, "[^\n]+") do
    local foreign = find(line, "^%s*%[C%]:") or find(line, "^%s*%[sandbox%]:") or find(line, "^%s*%(%.%.%.tail calls")
    if not foreign then lines[#lines + 1] = line end
  end
  return concat(lines, "\n")
end

shared.tostring, shared.format, shared.address = masked, safe_format, address

function shared.trace(level)
  return own_lines(traceback("", level + 1))
end

function shared.debug_traceback(...)
  local thread, message, level = nil, ...
  if type(message) == "thread" then thread, message, level = ... end
  if message ~= nil and type(message) ~= "string" and type(message) ~= "number" then return message end
  if level ~= nil and math_type(level) ~= "integer" then
    shared.bad_argument(thread and 3 or 2, "traceback", "number expected, got " .. type(level))
  end
  local trace
  if thread then trace = traceback(thread, "", level or 0) else trace = traceback("", (level or 1) + 1) end
  trace = own_lines(trace)
  if message == nil then return trace end
  return message .. "\n" .. trace
end

function shared.begin_text(seed)
  base = 0x550000000000 + (seed & 0xfffffff) * 0x1000
end
