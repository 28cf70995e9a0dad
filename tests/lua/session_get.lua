-- Session.get, what a session looks like, and how a session argument is read.

-- case: returns every field
local id = Session.create({ name = "Report", description = "d", tags = { "t" }, metadata = { k = "v" } })
Artifact.store(id, "tool_result", "a.txt", "12345")
Artifact.store(id, "tool_result", "a.txt", "678")
local session = Session.get(id)
same(session.id, id)
same({ session.name, session.description, session.status }, { "Report", "d", "active" })
same({ session.tags, session.metadata }, { { "t" }, { k = "v" } })
same({ session.created_by, session.artifact_count, session.total_artifact_size }, { "owner", 2, 8 })
check(type(session.team) == "string" and session.team ~= "")
check(math.type(session.artifact_count) == "integer" and math.type(session.total_artifact_size) == "integer")
local known = {}
for key in ("id name description status tags metadata custom_metadata parent_session_id created_at updated_at ended_at "
  .. "saved_at created_by team artifact_count total_artifact_size"):gmatch("%S+") do known[key] = true end
for key in pairs(session) do check(known[key], key) end

-- case: absent values are nil
local session = Session.get(Session.create())
for _, key in ipairs({ "parent_session_id", "ended_at", "saved_at" }) do check(session[key] == nil, key) end
same({ session.artifact_count, session.total_artifact_size }, { 0, 0 })
same({ session.tags, session.metadata }, { {}, {} })

-- case: custom_metadata is the same table as metadata
local session = Session.get(Session.create({ metadata = { k = 1 } }))
check(rawequal(session.metadata, session.custom_metadata))
local listed = Session.list()[1]
check(rawequal(listed.metadata, listed.custom_metadata))

-- case: times are RFC 3339 in UTC with microseconds and Z
local id = Session.create()
Session.save(id)
Session.complete(id)
local session = Session.get(id)
for _, key in ipairs({ "created_at", "updated_at", "ended_at", "saved_at" }) do
  check(session[key]:find("^%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ$"), key)
end
check(session.created_at:sub(1, 10) >= os.date("!%Y-%m-%d", os.time() - 60))
check(session.created_at <= session.saved_at and session.saved_at <= session.ended_at)

-- case: a table of its own each time
local id = Session.create({ name = "kept" })
Session.get(id).name = "changed"
same(Session.get(id).name, "kept")

-- case: a malformed id is said to be one
for _, id in ipairs({ "abc", " ", "0192", "00000000-0000-7000-8000-00000000000g", ("x"):rep(10) }) do
  raises('Session.get: invalid session id: "' .. id .. '"', Session.get, id)
end

-- case: an id that is not there is not found
local id = "00000000-0000-7000-8000-000000000000"
raises("Session.get: session not found: " .. id, Session.get, id)

-- case: an id must be a string
raises({ "Session.get: session id", "string", "42" }, Session.get, 42)
raises({ "Session.get: session id", "string", "table" }, Session.get, {})
raises({ "Session.get: session id", "string", "true" }, Session.get, true)
raises({ "Session.get: session id", "string", "json.null" }, Session.get, json.null)

-- case: an id of bytes that are no text is refused
raises({ "Session.get", "\\xff" }, Session.get, "\xff\xfe")

-- case: a teammate and a viewer see it, a stranger sees what is not there
-- as: owner
return Session.create({ name = "Shared" })
-- as: teammate
same(Session.get(json.decode(ARGS.given)).name, "Shared")
return json.decode(ARGS.given)
-- as: viewer
same(Session.get(json.decode(ARGS.given)).created_by, "owner")
return json.decode(ARGS.given)
-- as: stranger
local id = json.decode(ARGS.given)
raises("Session.get: session not found: " .. id, Session.get, id)
same(Session.list({ status = "all" }), {})

-- case: nil and the empty string mean the current session
local id = Session.create({ name = "Here" })
Session.setCurrent(id)
same({ Session.get().id, Session.get(nil).id, Session.get("").id }, { id, id, id })

-- case: without a current session they are an error that says what to do
local words = "no current session: pass a session id or call Session.setCurrent(id)"
raises("Session.get: " .. words, Session.get)
raises("Session.get: " .. words, Session.get, "")
for _, name in ipairs({ "suspend", "resume", "complete", "fail", "load", "save" }) do
  raises("Session." .. name .. ": " .. words, Session[name])
  raises("Session." .. name .. ": " .. words, Session[name], "")
end
raises("Artifact.list: " .. words, Artifact.list)
raises("Artifact.list: " .. words, Artifact.list, "")
raises("Session.update: " .. words, Session.update, nil, { name = "x" })
raises("Artifact.store: " .. words, Artifact.store, "", "tool_result", "a", "b")
raises("Artifact.list: " .. words, Artifact.list, "")

-- case: every call takes the current session
Session.setCurrent(Session.create({ name = "Here" }))
Session.update("", { name = "There" })
Session.suspend()
Session.resume("")
same(Session.save(nil), 1)
Session.complete()
same(Session.load(), Session.getCurrent())
Session.fail("")
local session = Session.get()
same({ session.name, session.status }, { "There", "failed" })

-- case: arguments beyond those it takes are dropped
local id = Session.create(nil, "more", {})
same(Session.get(id, 1, 2, 3).id, id)

-- case: a script that has cleared its current session lists the artifacts of none, and is told so
Session.setCurrent(Session.create())
Session.setCurrent(nil)
same(Artifact.list(""), json.array())
raises("no current session", Session.get, "")
raises("no current session", Artifact.store, "", "tool_result", "a.txt", "a")
