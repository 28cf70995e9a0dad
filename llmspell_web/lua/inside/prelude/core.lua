-- Calling the host, and raising errors that point at the script's own lines.
local shared = ...
local natives = shared.natives
local pcall, error, type = pcall, error, type
local getinfo = debug.getinfo

local NO_MEMORY = "not enough memory"

-- The nearest frame of the script, from this level of the caller's stack on, past C functions such as pcall; nil if
-- there is none.
local function script_frame(level)
  while true do
    level = level + 1
    local frame = getinfo(level, "Sl")
    if not frame or (frame.what ~= "C" and frame.source ~= "=[sandbox]") then return frame end
  end
end

-- "main.lua:12: ", or "".
local function position()
  local frame = script_frame(2)
  return frame and frame.short_src .. ":" .. frame.currentline .. ": " or ""
end

local function fail(message)
  if message == NO_MEMORY then error(message, 0) end
  error(position() .. message, 0)
end

local function bad_argument(number, name, problem)
  fail("bad argument #" .. number .. " to '" .. name .. "' (" .. problem .. ")")
end

local function settled(fine, ok, value, code)
  natives.settle()
  if fine then return ok, value, code end
  return false, type(ok) == "string" and ok or NO_MEMORY
end

-- true and the value, or false, a message and perhaps an errno. Never raises but for memory.
-- The host is told where the script stands: the chunk, "" for the script itself, and the line.
local function invoke(op, ...)
  local frame = script_frame(2)
  if not frame then return settled(pcall(natives.call, op, nil, nil, ...)) end
  local chunk = frame.source == shared.main_chunk and "" or frame.short_src
  return settled(pcall(natives.call, op, chunk, frame.currentline, ...))
end

local function call(op, ...)
  local ok, value = invoke(op, ...)
  if not ok then fail(value) end
  return value
end

-- What lupa raises before Python is reached (no memory to copy a string) is not text: it must not reach the script.
local function native(f, ...)
  return settled(pcall(f, ...))
end

local function out(stream, text)
  local fine = pcall(natives.out, stream, text)
  if not fine then error(NO_MEMORY, 0) end
end

shared.position, shared.fail, shared.bad_argument = position, fail, bad_argument
shared.invoke, shared.call, shared.native, shared.out = invoke, call, native, out
shared.getmetatable = debug.getmetatable -- past __metatable
shared.warn = function(text) out(2, text .. "\n") end
