-- The id of an artifact: a table that works as its text.

-- case: has id, content_hash, session_id and sequence
local session = Session.create()
local id = Artifact.store(session, "report", "n", "abc")
same(type(id), "table")
same(id.content_hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
same({ id.session_id, id.sequence }, { session, 1 })
check(math.type(id.sequence) == "integer")
check(type(id.id) == "string" and #id.id == 36)

-- case: tostring and .. give its text
local id = Artifact.store(Session.create(), "report", "n", "x")
same(tostring(id), id.id)
same("<" .. id .. ">", "<" .. id.id .. ">")
same(id .. id, id.id .. id.id)
same(1 .. id, "1" .. id.id)

-- case: print shows its text
local id = Artifact.store(Session.create(), "report", "n", "x")
print(id)
check(("%s"):format(id) == id.id)

-- case: two of the same artifact are equal
local session = Session.create()
local id = Artifact.store(session, "report", "n", "x")
local other = Artifact.store(session, "report", "n", "x")
check(id ~= other)
check(not (id == other))
check(id == id)

-- case: json.encode uses its text
local id = Artifact.store(Session.create(), "report", "n", "x")
same(json.encode(id), '"' .. id.id .. '"')
same(json.decode(json.encode({ artifact = id, list = { id } })), { artifact = id.id, list = { id.id } })

-- case: in metadata and custom values it is its text
local session = Session.create()
local id = Artifact.store(session, "report", "n", "x")
Session.update(session, { metadata = { latest = id } })
same(Session.get(session).metadata.latest, id.id)
local copy = Artifact.store(session, "report", "copy", "x", { source = id })
same(Artifact.get(session, copy).metadata.custom.source, id.id)

-- case: as the result of a run it is its text
-- returns: 36
local id = Artifact.store(Session.create(), "report", "n", "x")
return #tostring(id)

-- case: returned, it is shown as its text
-- as: owner
local id = Artifact.store(Session.create(), "report", "n", "x")
return { id, { id = id.id } }
-- as: owner
local given = json.decode(ARGS.given)
same(given[1], given[2].id)

-- case: get and delete take it, its text, a metadata table, and a plain table of content_hash, session_id, sequence
local session = Session.create()
local forms = {
  table = function(id) return id end,
  text = function(id) return id.id end,
  metadata = function(id) return Artifact.get(session, id).metadata end,
  listed = function(id) return Artifact.list(session)[1] end,
  plain = function(id) return { content_hash = id.content_hash, session_id = id.session_id, sequence = id.sequence } end,
  only_id = function(id) return { id = id.id } end,
  copy = function(id) return { id = id.id, content_hash = id.content_hash, session_id = id.session_id, sequence = id.sequence } end,
  gotten = function(id) return Artifact.get(session, id) end,
}
for name, form in pairs(forms) do
  local id = Artifact.store(session, "report", name, "content of " .. name)
  local given = form(id)
  same(Artifact.get(session, given).metadata.name, name)
  same(Artifact.get("" ~= session and session, given).content, "content of " .. name)
  Artifact.delete(session, given)
  same(#Artifact.list(session), 0)
end

-- case: a plain table tells versions of the same content apart
local session = Session.create()
local one = Artifact.store(session, "report", "n", "same")
local two = Artifact.store(session, "report", "n", "same")
local function plain(id) return { content_hash = id.content_hash, session_id = id.session_id, sequence = id.sequence } end
same(Artifact.get(session, plain(one)).id, one.id)
same(Artifact.get(session, plain(two)).id, two.id)

-- case: a plain table that names nothing is not found
local session = Session.create()
local id = Artifact.store(session, "report", "n", "x")
raises("Artifact.get: artifact not found", Artifact.get, session,
  { content_hash = id.content_hash, session_id = session, sequence = 2 })
raises("Artifact.get: artifact not found", Artifact.get, session,
  { content_hash = ("0"):rep(64), session_id = session, sequence = 1 })

-- case: an id table whose session is another is not found
local a, b = Session.create(), Session.create()
local id = Artifact.store(a, "report", "n", "x")
raises("artifact not found", Artifact.get, b, id)
raises("artifact not found", Artifact.get, b, id.id)
raises("artifact not found", Artifact.get, b, { content_hash = id.content_hash, session_id = a, sequence = 1 })
raises("artifact not found", Artifact.delete, b, id)
same(#Artifact.list(a), 1)

-- case: refuses what is no id
local session = Session.create()
raises('Artifact.get: invalid artifact id: "abc"', Artifact.get, session, "abc")
raises({ "Artifact.get", "artifact id", "nil" }, Artifact.get, session)
raises({ "Artifact.get", "artifact id", "1" }, Artifact.get, session, 1)
raises({ "Artifact.get", "artifact id", "true" }, Artifact.get, session, true)
raises({ "Artifact.get", "artifact id" }, Artifact.get, session, {})
raises({ "Artifact.get", "artifact id" }, Artifact.get, session, { name = "n" })
raises({ "Artifact.get", "artifact id" }, Artifact.get, session, { 1, 2 })
raises({ "Artifact.get" }, Artifact.get, session, { id = 7 })
raises({ "Artifact.get" }, Artifact.get, session, { content_hash = "x", session_id = session, sequence = "1" })

-- case: a lying metatable is not asked
local session = Session.create()
local lie = setmetatable({}, { __index = function() error("asked") end, __tostring = function() error("asked") end })
raises("artifact id", Artifact.get, session, lie)
