-- The parts of os that touch files or end the run; the rest is Lua's own.
local shared = ...
local fail, bad_argument, invoke, file_error = shared.fail, shared.bad_argument, shared.invoke, shared.file_error
local os, type, math_type, sub = shared.globals.os, type, math.type, string.sub

local LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

function os.getenv(name)
  if type(name) ~= "string" then bad_argument(1, "getenv", "string expected, got " .. type(name)) end
  return nil
end

function os.tmpname()
  local number = shared.natives.random() & 0x7fffffffffff
  local name = ""
  for _ = 1, 6 do
    local at = number % #LETTERS + 1
    name, number = name .. sub(LETTERS, at, at), number // #LETTERS
  end
  return "/tmp/lua_" .. name
end

local function path_argument(path, number, name)
  if type(path) == "number" then path = shared.tostring(path) end
  if type(path) ~= "string" then bad_argument(number, name, "string expected, got " .. type(path)) end
  return path
end

function os.remove(path)
  path = path_argument(path, 1, "remove")
  local ok, message, code = invoke("file.remove", path)
  if ok then return true end
  return file_error(path, message, code)
end

function os.rename(old, new)
  old, new = path_argument(old, 1, "rename"), path_argument(new, 2, "rename")
  local ok, message, code = invoke("file.rename", old, new)
  if ok then return true end
  return file_error(old, message, code)
end

-- Ends the run from any depth; pcall cannot stop it, because the process ends.
function os.exit(status)
  local text = status
  if status == nil or status == true then status, text = 0, "0" end
  if status == false then status, text = 1, "false" end
  if math_type(status) ~= "integer" then bad_argument(1, "exit", "number expected, got " .. type(status)) end
  shared.finish_exit(status, shared.tostring(text))
end
