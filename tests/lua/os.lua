-- os, debug, collectgarbage and what is absent.

-- case: time, clock and difftime
local now = os.time()
check(math.type(now) == "integer" and now > 1700000000)
same(os.time({ year = 2024, month = 1, day = 1, hour = 12 }) - os.time({ year = 2024, month = 1, day = 1, hour = 11 }), 3600)
same(os.difftime(10, 4), 6.0)
local before = os.clock()
for _ = 1, 100000 do end
check(os.clock() >= before and math.type(before) == "float")

-- case: date
same(os.date("!%Y-%m-%dT%H:%M:%SZ", 0), "1970-01-01T00:00:00Z")
same(os.date("!*t", 86400).day, 2)
check(os.date():find("%d%d:%d%d:%d%d"))
raises("", os.date, "%Ez")

-- case: the time is UTC
same(os.time({ year = 1970, month = 1, day = 2, hour = 0 }), 86400)
same(os.date("%H", 0), "00")

-- case: the environment is empty
same({ os.getenv("PATH"), os.getenv("HOME"), os.getenv("LLMSPELL_DATA_DIR"), os.getenv("") }, {})
check(os.getenv("USER") == nil)

-- case: tmpname is a new name under /tmp each time
local a, b = os.tmpname(), os.tmpname()
check(a:find("^/tmp/.") and a ~= b)
check(io.open(a, "w")):write("x"):close()
same(io.open(a):read("a"), "x")

-- case: remove
io.open("f", "w"):close()
check(os.remove("f") == true)
same({ os.remove("f") }, { nil, "f: No such file or directory", 2 })
same({ os.remove("/tmp/f") }, { nil, "/tmp/f: No such file or directory", 2 })
io.open("/tmp/f", "w"):close()
check(os.remove("/tmp/f"))
check(io.open("/tmp/f") == nil)

-- case: a folder with files in it is not removed
-- file: a/b = x
local done, message, code = os.remove("a")
check(done == nil and type(message) == "string" and code)
same(io.open("a/b"):read("a"), "x")

-- case: rename, replacing what has the name
io.open("a", "w"):write("A"):close()
io.open("b", "w"):write("B"):close()
check(os.rename("a", "b") == true)
same({ io.open("b"):read("a"), (io.open("a")) }, { "A" })
same({ os.rename("a", "c") }, { nil, "a: No such file or directory", 2 })
check(os.rename("b", "x/y/z"))
same(io.open("x/y/z"):read("a"), "A")
check(os.rename("x/y/z", "x/y/z"))
same(io.open("x/y/z"):read("a"), "A")

-- case: rename into /tmp, out of it, and within it
io.open("a", "w"):write("A"):close()
check(os.rename("a", "/tmp/a"))
same({ (io.open("a")), io.open("/tmp/a"):read("a") }, { nil, "A" })
check(os.rename("/tmp/a", "/tmp/b"))
check(os.rename("/tmp/b", "c"))
same({ (io.open("/tmp/b")), io.open("c"):read("a") }, { nil, "A" })
same({ os.rename("/tmp/none", "/tmp/b") }, { nil, "/tmp/none: No such file or directory", 2 })
same({ os.rename("/tmp/none", "d") }, { nil, "/tmp/none: No such file or directory", 2 })

-- case: rename refuses names that no file can have
-- file: a/b = x
for _, name in ipairs({ "", "/", "x\0", ("x"):rep(256), "a", "a/b/c" }) do
  local done, message, code = os.rename("a/b", name)
  same({ name, done, math.type(code) }, { name, nil, "integer" })
end
same(io.open("a/b"):read("a"), "x")

-- case: exit ends the run
-- prints: "before\n"
print("before")
os.exit()
print("after")

-- case: exit with zero or true succeeds
-- as: owner
os.exit(0)
-- as: owner
os.exit(true)

-- case: exit with another code is a failure
-- fails: 3
os.exit(3)

-- case: exit with false is a failure
-- ends: failed
os.exit(false)

-- case: exit ends the run whatever surrounds it
-- prints: ""
-- fails: 1
pcall(coroutine.wrap(function() pcall(os.exit, 1) end))
print("after")

-- case: exit keeps what was written
io.open("f", "w"):write("unflushed")
os.exit()
-- as: owner
same(io.open("f"):read("a"), "unflushed")

-- case: absent are execute, popen, loadlib, string.dump and the rest of debug
check(os.execute == nil and io.popen == nil and string.dump == nil)
check(package == nil or package.loadlib == nil)
check(os.setlocale == nil or os.setlocale() ~= nil)
local names = {}
for name in pairs(debug) do names[#names + 1] = name end
same(names, { "traceback" })

-- case: debug.traceback works
holds(debug.traceback("here"), "here\nstack traceback:")
holds(debug.traceback("here"), "main.lua:2:")
same(debug.traceback(nil) == nil or type(debug.traceback()), "string")
local co = coroutine.create(function() coroutine.yield() end)
coroutine.resume(co)
holds(debug.traceback(co), "main.lua:4:")

-- case: collectgarbage answers count, collect and step
check(collectgarbage("count") > 0)
same(collectgarbage("collect"), 0)
same(collectgarbage(), 0)
check(type(collectgarbage("step")) == "boolean" or collectgarbage("step"))
for _, what in ipairs({ "stop", "generational", "incremental", "setpause", "nonsense" }) do raises("", collectgarbage, what) end

-- case: the standard library is there
check(string.format("%5.2f|%s", 1.5, {}):find("^ 1.50|table"))
same({ ("abc"):upper(), #"é", utf8.len("é"), utf8.char(233) }, { "ABC", 2, 1, "é" })
same({ table.concat({ 1, 2 }, ","), select("#", table.unpack({ 1, 2, 3 })) }, { "1,2", 3 })
same({ math.floor(1.5), 7 // 2, 7 % 3, 2 ^ 2, 5 & 3, math.tointeger(3.0) }, { 1, 3, 1, 4.0, 1, 3 })
local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * 2 end)
same({ co(1), co(5) }, { 2, 10 })
same({ string.unpack(">I2", string.pack(">I2", 513)) }, { 513, 3 })
same(_VERSION, "Lua 5.4")

-- case: runs do not share their random numbers
-- as: owner
return { math.random(1, 2 ^ 52 | 0) }
-- as: owner
check(json.decode(ARGS.given)[1] ~= math.random(1, 2 ^ 52 | 0))

-- case: runs share no globals
-- as: owner
left = 1
string.upper = nil
_G.print = nil
-- as: owner
check(left == nil and print)
same(("a"):upper(), "A")
