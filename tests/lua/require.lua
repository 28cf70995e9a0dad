-- require, load, loadfile, dofile.

-- case: loads the user's file, once
-- file: lib/stats.lua = print('loading') local stats = {} function stats.mean(t) return t[1] end return stats
-- prints: "loading\n"
local stats = require("lib.stats")
same(stats.mean({ 7 }), 7)
check(require("lib.stats") == stats)
check(require("lib.stats").mean == stats.mean)

-- case: a module without a result is true
-- file: plain.lua = global_of_module = 1
check(require("plain") == true)
same(global_of_module, 1)

-- case: a module gets its name
-- file: named.lua = return (...)
same(require("named"), "named")

-- case: modules require modules
-- file: a.lua = return require('b') .. 'a'
-- file: b.lua = return 'b'
same(require("a"), "ba")

-- case: a module may call the API
-- file: make.lua = return Session.create({name = 'from a module'})
same(Session.get(require("make")).name, "from a module")

-- case: a module that this run wrote
io.open("fresh.lua", "w"):write("return 42"):close()
same(require("fresh"), 42)

-- case: a module that is not there is an error that names it
raises({ "lib.missing", "lib/missing.lua" }, require, "lib.missing")
raises("", require, 1)
raises("", require)

-- case: a module with an error in it names its own place
-- file: broken.lua = local x =\n
-- file: failing.lua = \n\nerror('inside')
local ok, message = pcall(require, "broken")
check(not ok)
holds(message, "broken.lua:")
ok, message = pcall(require, "failing")
check(not ok)
holds(message, "failing.lua:3: inside")

-- case: a module that failed is loaded again
-- file: flaky.lua = tries = (tries or 0) + 1 if tries < 2 then error('not yet') end return tries
check(not pcall(require, "flaky"))
same(require("flaky"), 2)

-- case: a name cannot climb
raises("", require, "..secret")
raises("", require, "/etc/passwd")
raises("", require, "a\0b")

-- case: another account's modules are not there
-- file: mine.lua = return 1
-- as: owner
same(require("mine"), 1)
-- as: teammate
raises("mine", require, "mine")

-- case: load takes text only
same(load("return 1 + 1")(), 2)
same(load(function() return nil end)(), nil)
local parts = { "return ", "7" }
local i = 0
same(load(function() i = i + 1 return parts[i] end)(), 7)
same({ load("return x", "chunk", "t", { x = 5 })() }, { 5 })
local chunk, message = load("\27Lua")
check(chunk == nil)
holds(message, "binary chunk")
chunk, message = load("\27Lua", "x", "b")
check(chunk == nil)
chunk, message = load("\27Lua", "x", "bt")
check(chunk == nil)
chunk, message = load("x =", "=named")
check(chunk == nil)
holds(message, "named:1:")

-- case: loadfile and dofile take the user's files, text only
-- file: script.lua = return ..., 1
-- file: binary.lua = \u001bLua
same({ loadfile("script.lua")("a") }, { "a", 1 })
same({ select("#", dofile("script.lua")), (select(2, dofile("script.lua"))) }, { 2, 1 })
local chunk, message = loadfile("binary.lua")
check(chunk == nil)
holds(message, "binary")
chunk, message = loadfile("binary.lua", "b")
check(chunk == nil)
chunk, message = loadfile("missing.lua")
check(chunk == nil)
holds(message, "missing.lua")
local ok, words = pcall(dofile, "missing.lua")
check(not ok)
holds(words, "missing.lua: No such file or directory")
same(loadfile("script.lua", "t", {})("b"), "b")
