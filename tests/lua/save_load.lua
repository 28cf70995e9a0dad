-- Session.save and Session.load.

-- case: saves are numbered from one, each session for itself
local a, b = Session.create(), Session.create()
same({ Session.save(a), Session.save(a), Session.save(b), Session.save(a) }, { 1, 2, 1, 3 })
check(math.type(Session.save(b)) == "integer")

-- case: a save is dated
local id = Session.create()
check(Session.get(id).saved_at == nil)
Session.save(id)
local first = Session.get(id).saved_at
check(first)
Session.save(id)
check(Session.get(id).saved_at > first)

-- case: a session can be saved in every status, and stays in it
for action, status in pairs({ suspend = "suspended", complete = "completed", fail = "failed" }) do
  local id = Session.create()
  Session[action](id)
  same({ Session.save(id), Session.get(id).status }, { 1, status })
end

-- case: loading discards nothing that was stored after a save
local id = Session.create({ name = "before", tags = { "old" } })
Artifact.store(id, "tool_result", "early.txt", "1")
Session.save(id)
Artifact.store(id, "tool_result", "late.txt", "2")
Session.update(id, { name = "after", tags = { "new" }, metadata = { k = 1 } })
Session.complete(id)
Session.load(id)
local session = Session.get(id)
same({ session.name, session.tags, session.metadata, session.artifact_count }, { "after", { "new" }, { k = 1 }, 2 })
same({ Artifact.list(id)[1].name, Artifact.list(id)[2].name }, { "early.txt", "late.txt" })

-- case: a loaded session takes artifacts again
local id = Session.create()
Session.complete(id)
Session.load(id)
Artifact.store(id, "tool_result", "more.txt", "x")
same(Session.get(id).artifact_count, 1)

-- case: a deleted session can be neither saved nor loaded
local id = Session.create()
Session.save(id)
Session.delete(id)
raises("Session.save: session not found: " .. id, Session.save, id)
raises("Session.load: session not found: " .. id, Session.load, id)
