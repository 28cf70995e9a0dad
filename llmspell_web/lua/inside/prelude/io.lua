-- The io library: Lua's own behaviour over virtual files.
local shared = ...
local fail, bad_argument, states, file, read = shared.fail, shared.bad_argument, shared.states, shared.file, shared.read
local type, select, setmetatable, unpack = type, select, setmetatable, table.unpack
local find, sub, gsub, format, math_type = string.find, string.sub, string.gsub, string.format, math.type
local concat = table.concat
local tostring = shared.tostring

local File = { __name = "FILE*" }
File.__index = File
local default = {}

local function handle_of(state)
  local handle = setmetatable({}, File)
  states[handle] = state
  state.object = handle -- who works with the state keeps the handle, and with it the file, alive
  return handle
end

local function state_of(handle, name)
  local state = states[handle]
  if not state then bad_argument(1, name, "FILE* expected, got " .. (handle == nil and "no value" or type(handle))) end
  if state.closed then fail("attempt to use a closed file") end
  return state
end

local function default_state(which)
  local state = states[default[which]]
  if state.closed then fail("default " .. which .. " file is closed") end
  return state
end

-- Opening -----------------------------------------------------------------------------------------------------------
local openers = {
  ["r"] = file.open_host,
  ["w"] = function(path) return file.queue(path, false) end,
  ["a"] = function(path) return file.queue(path, true) end,
  ["w+"] = function(path)
    local state = file.whole(path, "")
    state.fresh = true
    return state
  end,
  ["r+"] = function(path)
    local content, message, code = shared.read_file(path)
    if not content then return nil, message, code end
    return file.whole(path, content)
  end,
  ["a+"] = function(path)
    local content, message, code = shared.read_file(path)
    if not content and code ~= 2 then return nil, message, code end
    local state = file.whole(path, content or "")
    state.append, state.unsent, state.fresh = true, {}, not content
    return state
  end,
}

local function path_argument(path, name)
  if math_type(path) then path = tostring(path) end
  if type(path) ~= "string" then
    bad_argument(1, name, "string expected, got " .. (path == nil and "no value" or type(path)))
  end
  return path
end

local function open(path, mode)
  local _, message, code = shared.bad_path(path)
  if message then return nil, message, code end
  local state
  state, message, code = openers[mode](path)
  if not state then return nil, message, code end
  return handle_of(state)
end

local function open_or_fail(path, mode)
  local handle, message = open(path, mode)
  if handle then return handle end
  local reason = sub(message, 1, #path + 2) == path .. ": " and sub(message, #path + 3) or message
  fail("cannot open file '" .. path .. "' (" .. reason .. ")")
end

-- Handles -----------------------------------------------------------------------------------------------------------
local function write(handle, state, name, ...)
  if not state.writes then return shared.file_error(state.path or "stdin", "Bad file descriptor", 9) end
  local texts, n = { ... }, select("#", ...)
  for i = 1, n do
    local text = texts[i]
    if type(text) == "number" then
      texts[i] = math_type(text) == "integer" and tostring(text) or format("%.14g", text)
    elseif type(text) ~= "string" then
      bad_argument(i, name, "string expected, got " .. type(text))
    end
  end
  local joined = n == 1 and texts[1] or concat(texts, "", 1, n)
  if joined ~= "" then file.write(state, joined) end
  return handle
end

local function line_reader(state, close_at_end, ...)
  local formats = { n = select("#", ...), ... }
  local function pass(first, ...)
    if first ~= nil then return first, ... end
    local message = ...
    if type(message) == "string" then fail(message) end
    if close_at_end then file.close(state) end
    return nil
  end
  return function()
    if state.closed then fail("file is already closed") end
    return pass(read(state, "for iterator", unpack(formats, 1, formats.n)))
  end
end

local function close(state)
  if state.standard then return nil, "cannot close standard file" end
  local ok, message, code = file.close(state)
  if ok then return true end
  return nil, message, code
end

local function seek_origin(state, whence)
  if whence == "set" then return 0 end
  if whence == "cur" then return state.pos end
  if whence == "end" then return state.size end
  bad_argument(1, "seek", "invalid option '" .. tostring(whence) .. "'")
end

-- The size of a file opened to append is the host's to know.
local function learn_size(state)
  if state.source ~= "queue" or not state.append or state.sized then return end
  local before = file.open_host(state.path)
  if before then
    state.size = state.size + before.size
    file.close(before)
  end
  state.sized = true
end

function File.read(handle, ...) return read(state_of(handle, "read"), "read", ...) end
function File.write(handle, ...) return write(handle, state_of(handle, "write"), "write", ...) end
function File.lines(handle, ...) return line_reader(state_of(handle, "lines"), false, ...) end
function File.close(handle) return close(state_of(handle, "close")) end

function File.flush(handle)
  local ok, message, code = file.flush(state_of(handle, "flush"), true)
  if ok then return handle end
  return nil, message, code
end

function File.setvbuf(handle, mode)
  state_of(handle, "setvbuf")
  if mode ~= "no" and mode ~= "full" and mode ~= "line" then
    bad_argument(1, "setvbuf", "invalid option '" .. tostring(mode) .. "'")
  end
  return true
end

function File.seek(handle, whence, offset)
  local state = state_of(handle, "seek")
  whence, offset = whence or "cur", offset or 0
  if math_type(offset) ~= "integer" then bad_argument(2, "seek", "number expected, got " .. type(offset)) end
  if state.source == "console" or state.source == "empty" then return nil, "Illegal seek", 29 end
  if whence == "end" then learn_size(state) end
  local target = seek_origin(state, whence) + offset
  if target < 0 then return nil, "Invalid argument", 22 end
  if state.source == "queue" and not state.append and target ~= state.pos then
    local ok, message, code = file.make_whole(state)
    if not ok then return nil, message, code end
  end
  state.pos = target
  return target
end

local function finalize(handle)
  local state = states[handle]
  if state and not state.closed and not state.standard then
    local ok, message = file.close(state)
    if not ok then shared.warn("a file was not written: " .. message) end
  end
end

File.__close, File.__gc = finalize, finalize

function File.__tostring(handle)
  local state = states[handle]
  if not state or state.closed then return "file (closed)" end
  return "file (" .. shared.address(handle) .. ")"
end

-- The library -------------------------------------------------------------------------------------------------------
local function standard(state)
  state.standard, state.pos, state.size = true, 0, 0
  return handle_of(state)
end

local io = {
  stdin = standard({ source = "empty", reads = true }),
  stdout = standard({ source = "console", stream = 1, writes = true }),
  stderr = standard({ source = "console", stream = 2, writes = true }),
}
default.input, default.output = io.stdin, io.stdout

function io.open(path, mode)
  path = path_argument(path, "open")
  if mode == nil then mode = "r" end
  if type(mode) ~= "string" then bad_argument(2, "open", "string expected, got " .. type(mode)) end
  if not find(mode, "^[rwa]%+?b?$") then bad_argument(2, "open", "invalid mode") end
  return open(path, (gsub(mode, "b", "")))
end

function io.lines(path, ...)
  if path == nil then return line_reader(default_state("input"), false, ...) end
  local handle = open_or_fail(path_argument(path, "lines"), "r")
  return line_reader(states[handle], true, ...), nil, nil, handle
end

function io.tmpfile() return handle_of(file.whole(nil, "")) end
function io.read(...) return read(default_state("input"), "read", ...) end
function io.write(...) return write(default.output, default_state("output"), "write", ...) end

function io.type(value)
  local state = value ~= nil and states[value]
  if not state then return nil end
  return state.closed and "closed file" or "file"
end

function io.close(handle)
  if handle == nil then return close(default_state("output")) end
  return close(state_of(handle, "close"))
end

local function redirect(which, mode)
  return function(target)
    if type(target) == "string" then
      default[which] = open_or_fail(target, mode)
    elseif target ~= nil then
      state_of(target, which)
      default[which] = target
    end
    return default[which]
  end
end

io.input, io.output = redirect("input", "r"), redirect("output", "w")
shared.globals.io = io
