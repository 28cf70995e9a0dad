-- Session.setCurrent and Session.getCurrent.

-- case: there is none at first
check(Session.getCurrent() == nil)

-- case: is set, read and cleared
local id = Session.create()
check(Session.setCurrent(id) == nil)
same(Session.getCurrent(), id)
Session.setCurrent(nil)
check(Session.getCurrent() == nil)
Session.setCurrent(id)
Session.setCurrent()
check(Session.getCurrent() == nil)

-- case: the snake_case twins are the same functions
check(Session.setCurrent == Session.set_current)
check(Session.getCurrent == Session.get_current)
check(Artifact.storeFile == Artifact.store_file)

-- case: creating a session does not make it the current one
Session.create()
check(Session.getCurrent() == nil)

-- case: belongs to the account and stays for its next run
local id = Session.create({ name = "mine" })
Session.setCurrent(id)
-- as: teammate
check(Session.getCurrent() == nil)
-- as: owner
same(Session.get("").name, "mine")
Session.setCurrent(nil)
-- as: owner
check(Session.getCurrent() == nil)

-- case: setting what the account cannot see is an error and changes nothing
-- as: stranger
return Session.create()
-- as: owner
local hidden = json.decode(ARGS.given)
local mine = Session.create()
Session.setCurrent(mine)
raises("Session.setCurrent: session not found: " .. hidden, Session.setCurrent, hidden)
raises('Session.setCurrent: invalid session id: "abc"', Session.setCurrent, "abc")
raises({ "Session.setCurrent", "1" }, Session.setCurrent, 1)
raises({ "Session.setCurrent", "table" }, Session.setCurrent, {})
same(Session.getCurrent(), mine)

-- case: a teammate and a viewer may work in it
-- as: owner
return Session.create({ name = "shared" })
-- as: viewer
Session.setCurrent(json.decode(ARGS.given))
same(Session.get().name, "shared")
raises({ "Artifact.store", "viewer" }, Artifact.store, "", "tool_result", "a", "b")

-- case: reads as nil once deleted
local id = Session.create()
Session.setCurrent(id)
Session.delete(id)
check(Session.getCurrent() == nil)
raises("no current session", Session.get)

-- case: reads as nil in the next run when deleted by a teammate
local id = Session.create()
Session.setCurrent(id)
return id
-- as: teammate
Session.delete(json.decode(ARGS.given))
-- as: owner
check(Session.getCurrent() == nil)
raises("no current session", Session.get, "")

-- case: a session that has ended stays current
local id = Session.create()
Session.setCurrent(id)
Session.complete(id)
same(Session.getCurrent(), id)
raises("cannot store artifacts in a completed session", Artifact.store, "", "tool_result", "a", "b")
