-- The read formats of Lua 5.4: n l L a and counts, over any file that has a window.
local shared = ...
local window, bad_argument = shared.file.window, shared.bad_argument
local type, select, tonumber, unpack = type, select, tonumber, table.unpack
local math_type, maxinteger = math.type, math.maxinteger
local sub, find, concat = string.sub, string.find, table.concat

local NUMERAL_BYTES = 200 -- as long as Lua reads

local function line(state, keep_break)
  local pieces = {}
  while true do
    local text, at = window(state)
    if not text then
      if not pieces[1] then return nil end
      return concat(pieces)
    end
    local stop = find(text, "\n", at, true)
    local piece = sub(text, at, stop and not keep_break and stop - 1 or stop or -1)
    state.pos = state.pos + (stop or #text) - at + 1
    if stop and not pieces[1] then return piece end
    pieces[#pieces + 1] = piece
    if stop then return concat(pieces) end
  end
end

local function count(state, size)
  if size <= 0 then return window(state) and "" or nil end
  local pieces = {}
  while size > 0 do
    local text, at = window(state)
    if not text then break end
    local piece = sub(text, at, size < #text and at + size - 1 or -1) -- the sum of the longest would overflow
    state.pos, size = state.pos + #piece, size - #piece
    pieces[#pieces + 1] = piece
  end
  return pieces[1] and concat(pieces) or nil
end

local function all(state)
  return count(state, maxinteger) or ""
end

-- Collects the longest prefix that may be a numeral, as Lua does, and lets Lua judge it.
local function number(state)
  local taken, n = {}, 0
  local function peek()
    local text, at = window(state)
    return text and sub(text, at, at) or ""
  end
  local function accept(set)
    local byte = peek()
    if byte == "" or not find(byte, set) or n >= NUMERAL_BYTES then return false end
    n = n + 1
    taken[n] = byte
    state.pos = state.pos + 1
    return true
  end
  local function digits(set)
    local found = 0
    while accept(set) do found = found + 1 end
    return found
  end
  while find(peek(), "^%s") do state.pos = state.pos + 1 end
  local found, set, exponent = 0, "%d", "[eE]"
  accept("[+-]")
  if accept("0") then
    if accept("[xX]") then set, exponent = "%x", "[pP]" else found = 1 end
  end
  found = found + digits(set)
  if accept("%.") then found = found + digits(set) end
  if found > 0 and accept(exponent) then
    accept("[+-]")
    digits("%d")
  end
  return tonumber(concat(taken))
end

local FORMATS = {
  n = number,
  a = all,
  l = function(state) return line(state, false) end,
  L = function(state) return line(state, true) end,
}

local function one(state, format, position, name)
  if math_type(format) == "integer" then return count(state, format) end
  if type(format) == "number" then
    if format % 1 ~= 0 then bad_argument(position, name, "number has no integer representation") end
    return count(state, format // 1 | 0)
  end
  if type(format) ~= "string" then bad_argument(position, name, "string expected, got " .. type(format)) end
  if sub(format, 1, 1) == "*" then format = sub(format, 2) end
  local read = FORMATS[sub(format, 1, 1)]
  if not read then bad_argument(position, name, "invalid format") end
  return read(state)
end

-- What `read` returns; the formats after one that failed are not tried.
function shared.read(state, name, ...)
  if not state.reads then return shared.file_error(state.path or "output", "Bad file descriptor", 9) end
  local n = select("#", ...)
  local results, done = {}, n
  if n == 0 then results[1], done = line(state, false), 1 end
  for i = 1, n do
    results[i] = one(state, (select(i, ...)), i, name)
    if results[i] == nil then
      done = i
      break
    end
  end
  if state.failure then return unpack(state.failure, 1, 3) end
  return unpack(results, 1, done)
end
