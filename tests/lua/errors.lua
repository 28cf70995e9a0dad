-- How failures reach a script, and how uncaught ones are shown.

-- case: an error is a string with chunk and line in front
local ok, message = pcall(function()
  Session.get("abc")
end)
same({ ok, message }, { false, 'main.lua:2: Session.get: invalid session id: "abc"' })

-- case: pcall of the function itself gives the words too
local ok, message = pcall(Session.get, "abc")
same({ ok, type(message) }, { false, "string" })
holds(message, 'main.lua:1: Session.get: invalid session id: "abc"')

-- case: tostring and match work on it
local ok, message = pcall(Session.get, "00000000-0000-7000-8000-000000000000")
same(tostring(message), message)
same(message:match("session not found: (%S+)"), "00000000-0000-7000-8000-000000000000")

-- case: the line is the one that calls, in functions too
local function inner()
  return Session.get("abc"), 1
end
local function outer() local x = inner() return x end
local ok, message = pcall(outer)
holds(message, "main.lua:2: ")

-- case: inside a coroutine
local co = coroutine.create(function()
  Session.get("abc")
end)
local ok, message = coroutine.resume(co)
same({ ok, message }, { false, 'main.lua:2: Session.get: invalid session id: "abc"' })

-- case: inside load
local chunk = load("\n\nSession.get('abc')", "=mine.lua")
local ok, message = pcall(chunk)
holds(message, "mine.lua:3: Session.get")

-- case: xpcall's handler sees the string
local seen
xpcall(function() Session.get("abc") end, function(message) seen = message return message end)
same(type(seen), "string")
holds(seen, "Session.get: invalid session id")

-- case: an uncaught error shows message, line and traceback
-- ends: failed
-- fails: main.lua:3: Session.get: invalid session id: "abc"
-- line: 3
-- prints: "before\n"
print("before")
local function fetch()
  local x = Session.get("abc")
  return x
end
fetch()

-- case: an error of the script's own
-- fails: main.lua:2: my words
-- line: 2

error("my words")

-- case: an error without a place
-- fails: bare words
error("bare words", 0)

-- case: an error that is a table with __tostring
-- fails: shown like this
error(setmetatable({}, { __tostring = function() return "shown like this" end }))

-- case: an error that is a plain table
-- fails: table value
error({ code = 42 })

-- case: an error that is nil
-- ends: failed
error(nil)

-- case: a runtime error
-- fails: attempt to index a nil value
-- line: 3
local nothing

print(nothing.x)

-- case: a syntax error names its line
-- fails: main.lua:3:
-- line: 3


local = 5

-- case: an error in a coroutine that is not caught
-- fails: inside
-- line: 4
local co = coroutine.wrap(function()
  error("inside")
end)
co()

-- case: calls that were done before an error stay done
Session.create({ name = "kept" })
pcall(function() Session.create({ name = "kept too" }) error("oops") end)
-- as: owner
same(#Session.list(), 2)

-- case: what a failed run stored stays
-- fails: oops
Session.setCurrent(Session.create({ name = "kept" }))
Artifact.store("", "report", "n", "x")
io.open("f", "w"):write("x"):close()
error("oops")
-- as: owner
same({ Session.get().name, #Artifact.list(""), io.open("f"):read("a") }, { "kept", 1, "x" })

-- case: wrong calls of every function are strings, whatever is passed
local odd = { 1, true, {}, print, "\255\0", 1e308, math.mininteger, coroutine.create(print), io.stdout, json.null,
  setmetatable({}, { __index = error, __tostring = error, __len = error, __pairs = error }) }
for _, library in ipairs({ Session, Artifact, json }) do
  for name, f in pairs(library) do
    if type(f) == "function" and name ~= "array" and name ~= "object" and name ~= "builder" then
      for _, value in ipairs(odd) do
        for _, arguments in ipairs({ { value }, { value, value }, { value, value, value, value, value } }) do
          local ok, message = pcall(f, table.unpack(arguments))
          check(ok or type(message) == "string", name)
        end
      end
    end
  end
end

-- case: a table too deep or too wide to send is refused
local deep = {}
local at = deep
for _ = 1, 10000 do at.x = {} at = at.x end
raises("nested too deeply", Session.create, { metadata = deep })
raises("nested too deeply", Session.create, deep)
local wide = {}
for i = 1, 300000 do wide[i] = i end
raises("too large", Session.create, { metadata = { wide = wide } })

-- case: built-in functions that a script took away are not missed
pcall, error, type, select, rawget, setmetatable, next, pairs, tostring = nil
local list = Session.list()
print(#list)
