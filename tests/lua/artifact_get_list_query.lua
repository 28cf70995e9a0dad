-- Artifact.get, list, query and delete.

-- case: get returns id, content and metadata
local session = Session.create()
local id = Artifact.store(session, "report", "n.txt", "content", { tags = { "t" }, description = "d", source = "s" })
local artifact = Artifact.get(session, id)
same({ artifact.id, artifact.content }, { id.id, "content" })
for key in pairs(artifact) do check(("id content metadata"):find(key, 1, true), key) end
local metadata = artifact.metadata
check(metadata.created_at:find("^%d+%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%d%d%d%dZ$"))
metadata.created_at = nil
same(metadata, {
  id = id.id, session_id = session, name = "n.txt", description = "d", artifact_type = "report",
  mime_type = "text/plain", size = 7, stored_size = 7, is_compressed = false, content_hash = id.content_hash,
  tags = { "t" }, custom = { source = "s" }, version = 1, sequence = 1, created_by = "owner",
})

-- case: content comes back decompressed
local session = Session.create()
local text = ("compress me "):rep(5000)
local artifact = Artifact.get(session, Artifact.store(session, "report", "n", text))
check(artifact.metadata.is_compressed)
check(artifact.content == text)

-- case: get takes the current session, and an artifact of an ended one
local session = Session.create()
Session.setCurrent(session)
local id = Artifact.store("", "report", "n", "x")
same(Artifact.get("", id).content, "x")
same(Artifact.get(nil, id.id).content, "x")
Session.complete(session)
same(Artifact.get(session, id).content, "x")

-- case: an artifact that is not there is not found
local session = Session.create()
local missing = "00000000-0000-7000-8000-000000000000"
raises("Artifact.get: artifact not found: " .. missing, Artifact.get, session, missing)
raises("Artifact.delete: artifact not found: " .. missing, Artifact.delete, session, missing)

-- case: list has every version in the order stored, as flat tables
local session = Session.create()
same(Artifact.list(session), {})
local a = Artifact.store(session, "report", "b", "1")
Artifact.store(session, "tool_result", "a", "22", { tags = { "t" } })
Artifact.store(session, "report", "b", "333")
local list = Artifact.list(session)
same({ #list, list[1].name, list[2].name, list[3].name }, { 3, "b", "a", "b" })
same({ list[1].version, list[3].version, list[2].artifact_type, list[1].id }, { 1, 2, "tool_result", a.id })
same(list[2], Artifact.get(session, list[2]).metadata)

-- case: list filters by type, tags, name and latest
local session = Session.create()
Artifact.store(session, "report", "a", "1", { tags = { "x", "y" } })
Artifact.store(session, "report", "a", "2", { tags = { "x" } })
Artifact.store(session, "tool_result", "b", "3")
local function sizes(options)
  local versions = {}
  for _, artifact in ipairs(Artifact.list(session, options)) do versions[#versions + 1] = artifact.name .. artifact.version end
  return table.concat(versions, " ")
end
same(sizes({ type = "report" }), "a1 a2")
same(sizes({ type = "tool_result" }), "b1")
same(sizes({ type = "TOOL_RESULT" }), "b1")
same(sizes({ tags = { "x" } }), "a1 a2")
same(sizes({ tags = { "x", "y" } }), "a1")
same(sizes({ name = "a" }), "a1 a2")
same(sizes({ name = "A" }), "")
same(sizes({ latest = true }), "a2 b1")
same(sizes({ latest = false }), "a1 a2 b1")
same(sizes({ latest = true, type = "report" }), "a2")
same(sizes({ limit = 2 }), "a1 a2")
same(sizes({ limit = 2, offset = 2 }), "b1")
same(sizes({ offset = 1 }), "a2 b1")
same(sizes({}), "a1 a2 b1")

-- case: the latest version is the newest that is left
local session = Session.create()
Artifact.store(session, "report", "a", "1")
local two = Artifact.store(session, "report", "a", "2")
Artifact.delete(session, two)
local latest = Artifact.list(session, { latest = true })
same({ #latest, latest[1].version }, { 1, 1 })

-- case: list says how many more there are
-- errors: "Artifact.list: 3 matched, 1 returned from offset 1 (raise limit or offset)\n"
local session = Session.create()
for i = 1, 3 do Artifact.store(session, "report", "a", "x") end
same(#Artifact.list(session, { limit = 1, offset = 1 }), 1)
Artifact.list(session, { limit = 1, offset = 2 })

-- case: list refuses wrong options
local session = Session.create()
raises({ "Artifact.list", '"typ"', 'did you mean "type"?' }, Artifact.list, session, { typ = "report" })
raises({ "Artifact.list: type", "string", "1" }, Artifact.list, session, { type = 1 })
raises({ "Artifact.list: tags", "array" }, Artifact.list, session, { tags = "x" })
raises({ "Artifact.list: name", "string" }, Artifact.list, session, { name = {} })
raises({ "Artifact.list: latest", "true or false", "1" }, Artifact.list, session, { latest = 1 })
raises({ "Artifact.list: limit", "1 to 1000", "1001" }, Artifact.list, session, { limit = 1001 })
raises({ "Artifact.list: limit", "0" }, Artifact.list, session, { limit = 0 })
raises({ "Artifact.list: offset", "-1" }, Artifact.list, session, { offset = -1 })
raises({ "Artifact.list: options", "table" }, Artifact.list, session, "all")

-- case: query spans every visible session, newest first
-- as: stranger
Artifact.store(Session.create(), "report", "hidden", "x")
-- as: teammate
Artifact.store(Session.create(), "report", "theirs", "x")
-- as: owner
local a, b = Session.create(), Session.create()
Artifact.store(a, "report", "first", "x")
Artifact.store(b, "report", "second", "x")
Session.complete(b)
local names = {}
for i, artifact in ipairs(Artifact.query()) do names[i] = artifact.name end
same(names, { "second", "first", "theirs" })
same(Artifact.query({})[1], Artifact.get(b, Artifact.query()[1]).metadata)
-- as: viewer
same(#Artifact.query(), 3)

-- case: query filters by session, type, tags
local a, b = Session.create(), Session.create()
Artifact.store(a, "report", "one", "x", { tags = { "x", "y" } })
Artifact.store(a, "tool_result", "two", "x", { tags = { "x" } })
Artifact.store(b, "report", "three", "x")
same(#Artifact.query({ session_id = a }), 2)
same(#Artifact.query({ session_id = b, type = "tool_result" }), 0)
same(#Artifact.query({ type = "report" }), 2)
same(#Artifact.query({ tags = { "x" } }), 2)
same(Artifact.query({ tags = { "y", "x" } })[1].name, "one")
same(#Artifact.query({ tags = {} }), 3)

-- case: query by name: a glob when it holds * or ?, else a part; whatever the case
local session = Session.create()
for _, name in ipairs({ "Report.csv", "report-2.CSV", "a_b.txt", "100%.txt", "[x].txt", "été.txt" }) do
  Artifact.store(session, "report", name, "x")
end
local function count(pattern) return #Artifact.query({ name_pattern = pattern }) end
same(count("*.csv"), 2)
same(count("report*"), 2)
same(count("report"), 2)
same(count("REPORT.CSV"), 1)
same(count("report?2*"), 1)
same(count("*"), 6)
same(count("?.txt"), 0)
same(count("csv*"), 0)
same(count("_"), 1)
same(count("%"), 1)
same(count("[x]"), 1)
same(count("[x]*"), 1)
same(count("?????????.txt"), 0)
same(count("a_b*"), 1)
same(count("a?b*"), 1)
same(count("ÉTÉ"), 1)
same(count("É*"), 1)
same(count("nothing"), 0)
same(count(""), 6)

-- case: query by time and size
local session = Session.create()
Artifact.store(session, "report", "small", "1")
local large = Artifact.store(session, "report", "large", ("x"):rep(20000))
local now = os.time()
same(#Artifact.query({ created_after = now - 60 }), 2)
same(#Artifact.query({ created_after = now + 60 }), 0)
same(#Artifact.query({ created_before = os.date("!%Y-%m-%dT%H:%M:%SZ", now + 60) }), 2)
same(#Artifact.query({ created_before = now - 60 }), 0)
same(#Artifact.query({ min_size = 2 }), 1)
same(#Artifact.query({ min_size = 20000, max_size = 20000 }), 1)
same(#Artifact.query({ max_size = 1 }), 1)
same(#Artifact.query({ min_size = 0 }), 2)
same(#Artifact.query({ max_size = 0 }), 0)
same(#Artifact.query({ min_size = math.maxinteger }), 0)

-- case: query returns 100 unless told otherwise, and says how many more there are
-- errors: "Artifact.query: 101 matched, 100 returned from offset 0 (raise limit or offset)\n"
local session = Session.create()
for i = 1, 101 do Artifact.store(session, "report", "a", "x") end
same(#Artifact.query(), 100)
same(#Artifact.query({ limit = 1000 }), 101)
same(#Artifact.query({ limit = 1000, offset = 100 }), 1)
same(Artifact.query({ limit = 1000, offset = 100 })[1].version, 1)

-- case: query refuses wrong options
raises({ "Artifact.query", '"pattern"', 'did you mean "name_pattern"?' }, Artifact.query, { pattern = "*" })
raises('Artifact.query: invalid session id: "abc"', Artifact.query, { session_id = "abc" })
raises({ "Artifact.query: session_id", "string" }, Artifact.query, { session_id = 1 })
local missing = "00000000-0000-7000-8000-000000000000"
raises("Artifact.query: session not found: " .. missing, Artifact.query, { session_id = missing })
raises({ "Artifact.query: type", "string" }, Artifact.query, { type = {} })
raises({ "Artifact.query: tags", "array" }, Artifact.query, { tags = "x" })
raises({ "Artifact.query: name_pattern", "string" }, Artifact.query, { name_pattern = 1 })
raises({ "Artifact.query: created_after", "time" }, Artifact.query, { created_after = "now" })
raises({ "Artifact.query: created_before", "time" }, Artifact.query, { created_before = {} })
raises({ "Artifact.query: min_size", "-1" }, Artifact.query, { min_size = -1 })
raises({ "Artifact.query: max_size", "0.5" }, Artifact.query, { max_size = 0.5 })
raises({ "Artifact.query: limit", "1 to 1000" }, Artifact.query, { limit = 1001 })
raises({ "Artifact.query: query", "table", '"x"' }, Artifact.query, "x")

-- case: delete takes an artifact away
local session = Session.create()
local id = Artifact.store(session, "report", "n", "x")
check(Artifact.delete(session, id) == nil)
same({ #Artifact.list(session), #Artifact.query(), Session.get(session).artifact_count }, { 0, 0, 0 })
raises("Artifact.get: artifact not found", Artifact.get, session, id)
raises("Artifact.get: artifact not found", Artifact.get, session,
  { content_hash = id.content_hash, session_id = session, sequence = 1 })

-- case: a second delete is not found
local session = Session.create()
local id = Artifact.store(session, "report", "n", "x")
Artifact.delete(session, id)
raises("Artifact.delete: artifact not found", Artifact.delete, session, id)

-- case: one version goes, the others and shared content stay
local session = Session.create()
local one = Artifact.store(session, "report", "n", "same")
local two = Artifact.store(session, "report", "n", "same")
Artifact.delete(session, one)
same(Artifact.get(session, two).content, "same")

-- case: a teammate may delete, a viewer may only look, a stranger sees nothing
-- as: owner
local session = Session.create()
return { session, Artifact.store(session, "report", "n", "x").id }
-- as: viewer
local session, id = table.unpack(json.decode(ARGS.given))
same(Artifact.get(session, id).content, "x")
raises({ "Artifact.delete", "viewer" }, Artifact.delete, session, id)
return { session, id }
-- as: stranger
local session, id = table.unpack(json.decode(ARGS.given))
raises("Artifact.get: session not found", Artifact.get, session, id)
raises("Artifact.get: artifact not found", Artifact.get, Session.create(), id)
raises("Artifact.delete: session not found", Artifact.delete, session, id)
same(#Artifact.query(), 0)
return { session, id }
-- as: teammate
local session, id = table.unpack(json.decode(ARGS.given))
Artifact.delete(session, id)
same(#Artifact.list(session), 0)
