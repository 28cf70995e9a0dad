-- Session.update and Session.delete.

-- case: changes the given fields and leaves the others
local id = Session.create({ name = "n", description = "d", tags = { "t" }, metadata = { k = 1 } })
Session.update(id, { name = "N" })
local session = Session.get(id)
same({ session.name, session.description, session.tags, session.metadata }, { "N", "d", { "t" }, { k = 1 } })
Session.update(id, { description = "D", tags = { "u", "v" } })
session = Session.get(id)
same({ session.name, session.description, session.tags, session.metadata }, { "N", "D", { "u", "v" }, { k = 1 } })
Session.update(id, { tags = {}, description = "" })
same({ Session.get(id).tags, Session.get(id).description or "" }, { {}, "" })

-- case: merges metadata key by key, and json.null removes a key
local id = Session.create({ metadata = { stage = "draft", owner = "ada", deep = { a = 1, b = 2 } } })
Session.update(id, { metadata = { stage = "final", owner = json.null, fresh = true } })
same(Session.get(id).metadata, { stage = "final", fresh = true, deep = { a = 1, b = 2 } })
Session.update(id, { metadata = { deep = { c = 3 } } })
same(Session.get(id).metadata.deep, { c = 3 })
Session.update(id, { metadata = {} })
same(Session.get(id).metadata.stage, "final")
Session.update(id, { metadata = { absent = json.null } })
same(Session.get(id).metadata.absent, nil)

-- case: merged metadata is still at most 64 KiB
local id = Session.create({ metadata = { a = ("x"):rep(40000) } })
raises({ "Session.update: metadata", "64 KiB" }, Session.update, id, { metadata = { b = ("x"):rep(40000) } })
Session.update(id, { metadata = { a = json.null, b = ("x"):rep(40000) } })

-- case: works in every status
for action, status in pairs({ suspend = "suspended", complete = "completed", fail = "failed" }) do
  local id = Session.create()
  Session[action](id)
  Session.update(id, { name = "renamed" })
  same({ Session.get(id).name, Session.get(id).status }, { "renamed", status })
end

-- case: refuses what create refuses
local id = Session.create()
raises({ "Session.update: name", "1 to 255" }, Session.update, id, { name = "" })
raises({ "Session.update: name", "string", "1" }, Session.update, id, { name = 1 })
raises({ "Session.update: description", "string", "false" }, Session.update, id, { description = false })
raises({ "Session.update: tags", "array" }, Session.update, id, { tags = "t" })
raises({ "Session.update: tags[1]", "64" }, Session.update, id, { tags = { ("x"):rep(65) } })
raises({ "Session.update: metadata", "table" }, Session.update, id, { metadata = "m" })
raises({ "Session.update: changes", "table" }, Session.update, id, "name")
raises({ "Session.update", '"status"' }, Session.update, id, { status = "completed" })
raises({ "Session.update", '"parent_session_id"' }, Session.update, id, { parent_session_id = id })
raises({ "Session.update", '"naem"', 'did you mean "name"?' }, Session.update, id, { naem = "x" })

-- case: refuses all of it where one field is wrong
local id = Session.create({ name = "kept" })
raises("Session.update: tags", Session.update, id, { name = "changed", tags = { "" } })
same(Session.get(id).name, "kept")

-- case: a deleted session is gone for every call
local id = Session.create({ name = "gone" })
local artifact = Artifact.store(id, "tool_result", "a.txt", "x")
Session.delete(id)
local words = "session not found: " .. id
for _, name in ipairs({ "get", "suspend", "resume", "complete", "fail", "load", "save", "delete", "setCurrent" }) do
  raises("Session." .. name .. ": " .. words, Session[name], id)
end
raises("Session.update: " .. words, Session.update, id, { name = "x" })
raises("Session.create: " .. words, Session.create, { parent_session_id = id })
raises("Artifact.store: " .. words, Artifact.store, id, "tool_result", "a", "b")
raises("Artifact.list: " .. words, Artifact.list, id)
raises("Artifact.get: " .. words, Artifact.get, id, artifact)
raises("Artifact.delete: " .. words, Artifact.delete, id, artifact)
raises("Artifact.query: " .. words, Artifact.query, { session_id = id })
same(#Artifact.query(), 0)

-- case: delete needs an explicit id, also with a current session
Session.setCurrent(Session.create())
raises({ "Session.delete", "id" }, Session.delete)
raises({ "Session.delete", "id" }, Session.delete, nil)
raises({ "Session.delete", "id" }, Session.delete, "")
raises('Session.delete: invalid session id: "abc"', Session.delete, "abc")
same(#Session.list(), 1)

-- case: children of a deleted session stay
local parent = Session.create()
local child = Session.create({ parent_session_id = parent })
Session.delete(parent)
same(Session.get(child).status, "active")
same(#Session.list(), 1)

-- case: sessions in every status can be deleted
for _, action in ipairs({ "suspend", "complete", "fail", "save" }) do
  local id = Session.create()
  Session[action](id)
  Session.delete(id)
  raises("not found", Session.get, id)
end
