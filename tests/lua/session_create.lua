-- Session.create and the options it takes.

-- case: makes an active session and returns its id as a string
local id = Session.create()
check(type(id) == "string")
holds(id:match("^%x+%-%x+%-7%x+%-%x+%-%x+$"), "-")
same(Session.get(id).status, "active")

-- case: is named Untitled session unless named
same(Session.get(Session.create()).name, "Untitled session")
same(Session.get(Session.create({})).name, "Untitled session")
same(Session.get(Session.create(nil)).name, "Untitled session")

-- case: takes name, description, tags, metadata and parent
local parent = Session.create({ name = "Parent" })
local session = Session.get(Session.create({
  name = "Child", description = "What for", tags = { "b", "a" }, metadata = { ticket = "12345", n = 1 },
  parent_session_id = parent,
}))
same({ session.name, session.description, session.parent_session_id }, { "Child", "What for", parent })
same(session.tags, { "b", "a" })
same(session.metadata, { ticket = "12345", n = 1 })

-- case: takes names of 1 to 255 characters, not bytes
for _, name in ipairs({ "x", ("é"):rep(255), "日本語 🎉" }) do same(Session.get(Session.create({ name = name })).name, name) end

-- case: refuses an empty name
raises({ "Session.create: name", "1 to 255", '""' }, Session.create, { name = "" })

-- case: refuses a name of 256 characters
raises({ "Session.create: name", "1 to 255", "256" }, Session.create, { name = ("x"):rep(256) })

-- case: refuses a name that is not a string
for given, words in pairs({ [42] = "42", [true] = "true", [{}] = "table" }) do
  raises({ "Session.create: name", "string", words }, Session.create, { name = given })
end

-- case: refuses a name that is not UTF-8
raises({ "Session.create: name", "UTF-8", "\\xff" }, Session.create, { name = "caf\xff" })

-- case: refuses a description that is not a string
raises({ "Session.create: description", "string", "1" }, Session.create, { description = 1 })

-- case: keeps a description of several lines
local text = "one\n\ttwo — ✓\n"
same(Session.get(Session.create({ description = text })).description, text)

-- case: keeps the order of tags and drops duplicates
same(Session.get(Session.create({ tags = { "z", "a", "z", "m", "a" } })).tags, { "z", "a", "m" })

-- case: an empty array of tags is none
same(Session.get(Session.create({ tags = {} })).tags, {})

-- case: takes tags of 1 to 64 characters
local tags = { "x", ("é"):rep(64) }
same(Session.get(Session.create({ tags = tags })).tags, tags)
raises({ "Session.create: tags[2]", "64" }, Session.create, { tags = { "fine", ("x"):rep(65) } })
raises({ "Session.create: tags[1]", '""' }, Session.create, { tags = { "" } })

-- case: takes 64 tags and no more, duplicates not counted
local tags = {}
for i = 1, 64 do tags[i] = "t" .. i end
tags[65] = "t1"
same(#Session.get(Session.create({ tags = tags })).tags, 64)
tags[66] = "another"
raises({ "Session.create: tags", "64", "65" }, Session.create, { tags = tags })

-- case: refuses tags that are not an array of strings
raises({ "Session.create: tags", "array", '"support"' }, Session.create, { tags = "support" })
raises({ "Session.create: tags", "array", "table" }, Session.create, { tags = { first = "support" } })
raises({ "Session.create: tags[2]", "string", "2" }, Session.create, { tags = { "a", 2 } })
raises({ "Session.create: tags", "array", "true" }, Session.create, { tags = true })

-- case: takes any JSON object as metadata
local metadata = {
  text = "é\n", whole = 2 ^ 53 | 0, minus = math.mininteger, float = 0.5, yes = true, no = false, null = json.null,
  list = { 1, "two", { three = 3 } }, empty = json.array(), deep = { a = { b = { c = { 1 } } } }, [""] = "empty key",
}
local kept = Session.get(Session.create({ metadata = metadata })).metadata
same(json.encode(kept), json.encode(metadata))
check(kept.null == json.null)
check(math.type(kept.whole) == "integer")

-- case: integers in metadata stay integers and floats floats
local kept = Session.get(Session.create({ metadata = { i = 3, f = 2.5, whole_float = 4.0 } })).metadata
same({ math.type(kept.i), kept.i, kept.f, kept.whole_float == 4 }, { "integer", 3, 2.5, true })

-- case: takes metadata of 64 KiB and no more
local most = 65536 - #'{"k":""}'
Session.create({ metadata = { k = ("x"):rep(most) } })
raises({ "Session.create: metadata", "64 KiB", "65537" }, Session.create, { metadata = { k = ("x"):rep(most + 1) } })

-- case: refuses metadata that is no object
raises({ "Session.create: metadata", "table", '"text"' }, Session.create, { metadata = "text" })
raises({ "Session.create: metadata", "table" }, Session.create, { metadata = { 1, 2, 3 } })
raises({ "Session.create: metadata", "table" }, Session.create, { metadata = 1 })

-- case: refuses in metadata what JSON cannot hold, naming its place
raises({ "Session.create", "f" }, Session.create, { metadata = { rows = { 1, 2, { f = print } } } })
raises({ "Session.create", "n" }, Session.create, { metadata = { n = 0 / 0 } })
raises({ "Session.create", "n" }, Session.create, { metadata = { n = math.huge } })
raises({ "Session.create", "b" }, Session.create, { metadata = { b = "\xff\xfe" } })
raises({ "Session.create" }, Session.create, { metadata = { mixed = { 1, 2, k = 3 } } })
raises({ "Session.create" }, Session.create, { metadata = { sparse = { [1] = 1, [3] = 3 } } })

-- case: refuses metadata with a cycle
local metadata = { a = {} }
metadata.a.back = metadata
raises({ "Session.create" }, Session.create, { metadata = metadata })

-- case: a child joins its parent's team
-- as: stranger
return Session.create({ name = "Elsewhere" })
-- as: both
local parent = json.decode(ARGS.given)
local child = Session.create({ parent_session_id = parent })
same(Session.get(child).team, "Other")
same(Session.get(child).team, Session.get(parent).team)
check(Session.get(Session.create()).team ~= "Other")

-- case: refuses a parent that is missing, hidden, malformed or no string
-- as: stranger
return Session.create()
-- as: owner
local hidden = json.decode(ARGS.given)
raises("Session.create: session not found: " .. hidden, Session.create, { parent_session_id = hidden })
local missing = "00000000-0000-7000-8000-000000000000"
raises("Session.create: session not found: " .. missing, Session.create, { parent_session_id = missing })
raises('Session.create: invalid session id: "abc"', Session.create, { parent_session_id = "abc" })
raises({ "Session.create: parent_session_id", "string", "1" }, Session.create, { parent_session_id = 1 })

-- case: names the nearest key for an unknown one
raises({ "Session.create", '"nmae"', 'did you mean "name"?' }, Session.create, { nmae = "x" })
raises({ "Session.create", '"parent"', 'did you mean "parent_session_id"?' }, Session.create, { parent = "x" })
raises({ "Session.create", '"tag"', 'did you mean "tags"?' }, Session.create, { name = "fine", tag = "x" })

-- case: refuses options that are no table
raises({ "Session.create: options", "table", '"name"' }, Session.create, "name")
raises({ "Session.create: options", "table", "5" }, Session.create, 5)
raises({ "Session.create: options", "table", "array" }, Session.create, { "name" })

-- case: a viewer may not
-- as: viewer
raises({ "Session.create", "viewer" }, Session.create, { name = "x" })
