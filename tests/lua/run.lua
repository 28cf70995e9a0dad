-- A run: console, result, arguments, limits.

-- case: print separates with tabs and uses tostring
-- prints: "1\t2.0\tnil\ttrue\tx\n\nshown\n"
print(1, 2.0, nil, true, "x")
print()
print(setmetatable({}, { __tostring = function() return "shown" end }))

-- case: streams are marked and in order
-- prints: "one\nthree\n"
-- errors: "two\n"
print("one")
io.stderr:write("two\n")
io.write("three\n")

-- case: bytes that are no UTF-8 are shown escaped
-- prints: "caf\\xe9 \\xff\\x00é\n"
print("caf\xe9 \xff\0é")

-- case: a character in two writes is whole
-- prints: "é🎉"
io.write("\xc3")
io.write("\xa9")
for byte in ("🎉"):gmatch(".") do io.write(byte) end

-- case: half a character at the end is shown escaped
-- prints: "x\\xc3"
io.write("x\xc3")

-- case: the result is what the script returns
-- returns: {"a": [1, 2.5, "x", true, null], "b": {}}
return { a = { 1, 2.5, "x", true, json.null }, b = {} }

-- case: a text as result
-- returns: "text"
return "text"

-- case: no result
-- returns: null
local x = 1

-- case: false as result
-- returns: false
return false

-- case: an integer as result
-- returns: 9223372036854775807
return math.maxinteger

-- case: an empty array as result
-- returns: []
return json.array()

-- case: a result that JSON cannot hold does not fail the run
return { f = print }

-- case: several results
-- ends: succeeded
return 1, 2, 3

-- case: arguments by position and by name
-- arg: 1 = first
-- arg: 2 = second words
-- arg: mode = fast
same({ arg[1], arg[2], arg.mode, arg[3] }, { "first", "second words", "fast", nil })
same({ ARGS[1], ARGS[2], ARGS.mode }, { "first", "second words", "fast" })
same(#arg, 2)
same(arg[0], "main.lua")
same(ARGS[0], "main.lua")
same({ ... }, { "first", "second words" })

-- case: without arguments they are empty
same({ #arg, ARGS.mode }, { 0, nil })
same(arg[0], "main.lua")

-- case: CPU time ends a loop that catches everything
-- limit: cpu_seconds = 0.3
-- ends: limit cpu_seconds
-- prints: "so far\n"
print("so far")
while true do pcall(coroutine.wrap(function() while true do pcall(error) end end)) end

-- case: wall time ends a run
-- limit: wall_seconds = 0.5
-- ends: limit wall_seconds
-- prints: "so far\n"
print("so far")
while true do end

-- case: output ends a run, and what fits stays
-- limit: output_bytes = 100
-- ends: limit output_bytes
while true do pcall(print, ("x"):rep(9)) end

-- case: calls end a run
-- limit: api_calls = 3
-- ends: limit api_calls
-- prints: "1\n2\n3\n"
for i = 1, 10 do
  pcall(Session.list)
  print(i)
end

-- case: as many calls as allowed
-- limit: api_calls = 3
for i = 1, 3 do Session.create() end

-- case: stored bytes end a run, and what fitted stays
-- limit: stored_bytes = 10
-- ends: limit stored_bytes
Session.setCurrent(Session.create())
Artifact.store("", "report", "n", "12345")
Artifact.store("", "report", "n", "67890")
pcall(Artifact.store, "", "report", "n", "1")
print("not reached")
-- as: owner
same(#Artifact.list(""), 2)

-- case: files count as stored bytes
-- limit: stored_bytes = 10
-- ends: limit stored_bytes
pcall(function() io.open("f", "w"):write(("x"):rep(11)):close() end)
print("not reached")

-- case: private files count as stored bytes
-- limit: stored_bytes = 10
-- ends: limit stored_bytes
pcall(function() io.open("/tmp/f", "w"):write(("x"):rep(11)):close() end)
print("not reached")

-- case: a rename into /tmp or out of it copies, and counts so
-- limit: stored_bytes = 20
-- file: f = 1234567890
-- ends: limit stored_bytes
check(os.rename("f", "/tmp/f"))
check(os.rename("/tmp/f", "g"))
pcall(os.rename, "g", "/tmp/f")
print("not reached")

-- case: descriptions and metadata count as stored bytes
-- limit: stored_bytes = 100000
-- ends: limit stored_bytes
local id = Session.create()
Session.update(id, { description = ("x"):rep(60000) })
pcall(Session.update, id, { metadata = { text = ("x"):rep(60000) } })
print("not reached")

-- case: a call that fails stores no bytes
-- limit: stored_bytes = 10
local id = Session.create()
for _ = 1, 5 do
  pcall(Artifact.store, id, "tool_reslt", "n", "12345678")
  pcall(Artifact.store, id, "report", "", "12345678")
end
Artifact.store(id, "report", "n", "1234567890")

-- case: memory is an error that a script may catch
-- limit: memory_bytes = 8388608
local ok, message = pcall(function()
  local t = {}
  while true do t[#t + 1] = ("x"):rep(1000) .. #t end
end)
same(ok, false)
holds(message, "not enough memory")
collectgarbage()
print("goes on")

-- case: memory that is not caught fails the run
-- limit: memory_bytes = 8388608
-- fails: not enough memory
local t = {}
while true do t[#t + 1] = ("x"):rep(1000) .. #t end

-- case: appending counts what is stored anew
-- limit: stored_bytes = 100
-- ends: limit stored_bytes
io.open("f", "w"):write(("x"):rep(60)):close()
io.open("f", "a"):write("x"):close()
print("not reached")
