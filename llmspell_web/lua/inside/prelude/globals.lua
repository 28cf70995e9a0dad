-- The globals a script starts with: an allow-list, with wrappers where the original would tell or do too much.
local shared = ...
local fail, out, masked = shared.fail, shared.out, shared.tostring
local type, select, error, rawequal, next, setmetatable = type, select, error, rawequal, next, setmetatable
local load, collectgarbage, getmetatable = load, collectgarbage, getmetatable
local gmatch, sub, concat, random, randomseed = string.gmatch, string.sub, table.concat, math.random, math.randomseed

local globals, keep = _G, {}
local BASE = "assert error getmetatable ipairs next pairs pcall rawequal rawget rawlen rawset select setmetatable "
  .. "tonumber type xpcall _VERSION"

local function pick(library, names)
  local chosen = {}
  for name in gmatch(names, "%S+") do chosen[name] = library[name] end
  return chosen
end

for name in gmatch(BASE, "%S+") do keep[name] = globals[name] end
string.dump = nil
string.format = shared.format
keep.string, keep.utf8, keep.math = string, utf8, math
keep.table = pick(table, "concat insert move pack remove sort unpack")
keep.coroutine = pick(coroutine, "close create isyieldable resume running status wrap yield")
keep.os = pick(os, "clock date difftime time")
keep.debug = { traceback = shared.debug_traceback }
keep.tostring = masked

function math.randomseed(...)
  -- without arguments Lua would take, and return, an address
  if select("#", ...) == 0 then return randomseed(random(0), random(0)) end
  return randomseed(...)
end

function keep.print(...)
  local n = select("#", ...)
  if n == 1 then
    local text = masked((...))
    return out(1, text .. "\n")
  end
  local line = { ... }
  for i = 1, n do line[i] = masked(line[i]) end
  out(1, concat(line, "\t", 1, n) .. "\n")
end

function keep.warn(...)
  local line = { ... }
  for i = 1, select("#", ...) do
    if type(line[i]) ~= "string" then shared.bad_argument(i, "warn", "string expected, got " .. type(line[i])) end
  end
  out(2, "Lua warning: " .. concat(line) .. "\n")
end

-- Text only: bytecode could crash the interpreter. A missing fourth argument is not the same as nil.
function keep.load(chunk, name, mode, ...)
  if type(chunk) ~= "string" and type(chunk) ~= "function" then
    shared.bad_argument(1, "load", "function expected, got " .. type(chunk))
  end
  -- a text is its own name; Lua shows 59 bytes of it, and a frame of the chunk would hold all of them
  if name == nil then name = type(chunk) == "string" and sub(chunk, 1, 256) or "=(load)" end
  if select("#", ...) == 0 then return load(chunk, name, "t") end
  return load(chunk, name, "t", (...))
end

function keep.collectgarbage(option, argument)
  if option == nil or option == "collect" then return collectgarbage() end
  if option == "count" then return collectgarbage("count") end
  if option == "step" then return collectgarbage("step", type(argument) == "number" and argument // 1 | 0 or 0) end
  fail('collectgarbage: only "collect", "count" and "step" are available')
end

for name in next, globals do globals[name] = nil end
for name, value in next, keep do globals[name] = value end
globals._G = globals
shared.globals = globals
shared.randomseed, shared.load, shared.pick = randomseed, load, pick
