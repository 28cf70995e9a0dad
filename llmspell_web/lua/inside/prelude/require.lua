-- require, loadfile and dofile over the user's files.
local shared = ...
local fail, bad_argument, globals = shared.fail, shared.bad_argument, shared.globals
local type, error, load, select, pairs, setmetatable = type, error, shared.load, select, pairs, setmetatable
local gsub, sub, find, concat = string.gsub, string.sub, string.find, table.concat
local read_file = shared.read_file

local loaded, preload, loading = {}, {}, {}
for _, name in pairs({ "string", "table", "math", "utf8", "coroutine", "os", "io", "debug", "json" }) do
  loaded[name] = globals[name]
end
loaded._G = globals
globals.package = { loaded = loaded, preload = preload, path = "?.lua;?/init.lua", cpath = "", config = "/\n;\n?\n!\n-\n" }

-- A first line that begins with # is for a shell; its line break stays, so that line numbers hold.
local function without_shebang(text)
  if sub(text, 1, 3) == "\239\187\191" then text = sub(text, 4) end
  if sub(text, 1, 1) ~= "#" then return text end
  return sub(text, find(text, "\n", 1, true) or #text + 1)
end

local function candidates(name)
  local stem = gsub(name, "%.", "/")
  return { stem .. ".lua", stem .. "/init.lua" }
end

local function not_found(name, paths)
  local lines = { "module '" .. name .. "' not found:", "\tno field package.preload['" .. name .. "']" }
  for i = 1, #paths do lines[#lines + 1] = "\tno file '" .. paths[i] .. "'" end
  fail(concat(lines, "\n"))
end

local function find_loader(name)
  if preload[name] ~= nil then return preload[name], ":preload:" end
  local paths = candidates(name)
  for i = 1, #paths do
    local text = read_file(paths[i])
    if text then
      local chunk, message = load(without_shebang(text), "=" .. paths[i], "t")
      if not chunk then
        fail("error loading module '" .. name .. "' from file '" .. paths[i] .. "':\n\t" .. message)
      end
      return chunk, paths[i]
    end
  end
  not_found(name, paths)
end

local function run_loader(name, loader, origin)
  loading[name] = true
  local finish <close> = setmetatable({}, { __close = function() loading[name] = nil end })
  return loader(name, origin)
end

function globals.require(name)
  if type(name) ~= "string" then bad_argument(1, "require", "string expected, got " .. type(name)) end
  if loaded[name] ~= nil then return loaded[name] end
  if loading[name] then fail("module '" .. name .. "' is being loaded already: it requires itself, directly or not") end
  local loader, origin = find_loader(name)
  local value = run_loader(name, loader, origin)
  if value ~= nil then loaded[name] = value elseif loaded[name] == nil then loaded[name] = true end
  return loaded[name], origin
end

function globals.loadfile(path, mode, ...)
  if type(path) ~= "string" then bad_argument(1, "loadfile", "string expected, got " .. type(path)) end
  local text, message = read_file(path)
  if not text then return nil, "cannot open " .. message end
  if select("#", ...) == 0 then return load(without_shebang(text), "=" .. path, "t") end
  return load(without_shebang(text), "=" .. path, "t", (...))
end

local loadfile = globals.loadfile
function globals.dofile(path)
  local chunk, message = loadfile(path)
  if not chunk then error(message, 0) end
  return chunk()
end

shared.loaded, shared.without_shebang = loaded, without_shebang
