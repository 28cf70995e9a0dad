-- What an open file is: its state, where its bytes come from and where they go.
--   source "host":  read in pages through the host; nothing is kept but one page
--   source "queue": write-only; chunks collect in `unsent` until a flush sends them as one write
--   source "whole": the content is in Lua, because the file is read, written and sought at once
--   source "empty" and "console": stdin, stdout and stderr
local shared = ...
local invoke = shared.invoke
local setmetatable, next = setmetatable, next
local sub, find, rep, concat, collectgarbage = string.sub, string.find, string.rep, table.concat, collectgarbage

local PAGE = 256 * 1024
local MISSING, INVALID = 2, 22
shared.creates = true
local states = setmetatable({}, { __mode = "k" })

local function file_error(path, message, code)
  local prefix = path .. ": "
  if sub(message, 1, #prefix) ~= prefix then message = prefix .. message end
  return nil, message, code or 5
end

-- Names that no file can have are told apart here, without asking the host.
local function bad_path(path)
  if path == "" then return file_error(path, "No such file or directory", MISSING) end
  if find(path, "%c") then return file_error(path, "Invalid argument", INVALID) end
end

local function open_host(path)
  local ok, file, code = invoke("file.open", path)
  if not ok then return file_error(path, file, code) end
  return { source = "host", path = path, handle = file.handle, size = file.size, pos = 0, page = "", page_at = 0, reads = true }
end

local function load_page(state)
  local ok, bytes, code = invoke("file.read", state.handle, state.pos, PAGE)
  if not ok then
    if bytes == "not enough memory" then shared.fail(bytes) end
    state.failure = { file_error(state.path, bytes, code) }
    return nil
  end
  state.page, state.page_at = bytes, state.pos
  if bytes ~= "" then return bytes, 1 end
end

local function compact(state)
  if state.tail[1] then
    state.content = state.content .. concat(state.tail)
    state.tail = {}
  end
  return state.content
end

-- A string that holds the byte at the position, and its index there; nil at the end of the file.
local function window(state)
  if state.source == "host" then
    local at = state.pos - state.page_at
    if at >= 0 and at < #state.page then return state.page, at + 1 end
    if state.pos >= state.size then return nil end
    return load_page(state)
  elseif state.source == "whole" and state.pos < state.size then
    return compact(state), state.pos + 1
  end
end

local function close_host(state)
  if state.handle then invoke("file.close", state.handle) end
end

-- The whole file as text; nil, message, errno otherwise.
local function read_file(path)
  local _, message, code = bad_path(path)
  if message then return nil, message, code end
  local state
  state, message, code = open_host(path)
  if not state then return nil, message, code end
  local pieces = {}
  while true do
    local text = window(state)
    if not text then break end
    pieces[#pieces + 1] = text
    state.pos = state.pos + #text
  end
  close_host(state)
  if state.failure then return nil, state.failure[2], state.failure[3] end
  return concat(pieces)
end

local function queue(path, append)
  return { source = "queue", path = path, unsent = {}, append = append, fresh = not append, pos = 0, size = 0, writes = true }
end

local function whole(path, content)
  return { source = "whole", path = path, content = content, tail = {}, size = #content, pos = 0, reads = true, writes = true }
end

-- Turns a queue into a whole file, for a seek into what it wrote.
local function make_whole(state)
  local content = concat(state.unsent)
  if not state.fresh then
    local before, message, code = read_file(state.path)
    if not before then return nil, message, code end
    content = before .. content
  end
  state.source, state.content, state.tail, state.size = "whole", content, {}, #content
  state.unsent, state.changed = nil, true
  return true
end

local function write(state, text)
  if state.source == "console" then
    shared.out(state.stream, text)
  elseif state.source == "queue" then
    state.unsent[#state.unsent + 1] = text
    state.pos, state.size = state.pos + #text, state.size + #text
  else
    if state.append then
      state.pos = state.size
      state.unsent[#state.unsent + 1] = text
    end
    if state.pos >= state.size then
      local gap = state.pos - state.size
      state.tail[#state.tail + 1] = gap > 0 and rep("\0", gap) .. text or text
    else
      local content = compact(state)
      state.content = sub(content, 1, state.pos) .. text .. sub(content, state.pos + #text + 1)
    end
    state.pos, state.changed = state.pos + #text, true
    if state.pos > state.size then state.size = state.pos end
  end
end

local function send(state, content, append)
  local ok, message, code = invoke("file.write", state.path, content, append)
  if not ok then return file_error(state.path, message, code) end
  state.changed, state.fresh = false, false
  return true
end

-- Sends what the host does not have yet. `create` also sends an empty new file.
local function flush(state, create)
  if not state.path or not state.writes then return true end
  if state.unsent then
    if not state.unsent[1] and not (state.fresh and create) then return true end
    local ok, message, code = send(state, concat(state.unsent), not state.fresh)
    if ok then state.unsent = {} end
    return ok, message, code
  end
  if state.changed or (state.fresh and create) then return send(state, compact(state), false) end
  return true
end

local function close(state)
  state.closed = true
  local ok, message, code = flush(state, shared.creates)
  close_host(state)
  state.page, state.content, state.tail, state.unsent = "", "", {}, nil
  return ok, message, code
end

-- At the end of the run. After an error only what was written is sent, so that a flood of handles stays cheap.
function shared.flush_all(create)
  shared.creates = create -- for the finalizers of files that are garbage by now
  if not create then collectgarbage() end
  for _, state in next, states do
    if not state.closed then
      local ok, message = flush(state, create)
      if not ok then shared.warn("a file was not written: " .. message) end
    end
  end
end

shared.states, shared.file_error, shared.bad_path, shared.read_file = states, file_error, bad_path, read_file
shared.file = {
  open_host = open_host, queue = queue, whole = whole, make_whole = make_whole,
  window = window, write = write, flush = flush, close = close,
}
