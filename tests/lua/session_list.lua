-- Session.list and its filter.

-- case: is empty where there is nothing
same(Session.list(), {})
same(Session.list({}), {})
same(#Session.list(nil), 0)

-- case: holds the tables of Session.get
local id = Session.create({ name = "a", tags = { "x", "y" }, metadata = { k = { 1 } }, description = "d" })
Artifact.store(id, "tool_result", "n", "content")
same(Session.list()[1], Session.get(id))

-- case: active sessions by default, newest first
local a, b, c = Session.create({ name = "a" }), Session.create({ name = "b" }), Session.create({ name = "c" })
Session.suspend(b)
local found = Session.list()
same({ #found, found[1].id, found[2].id }, { 2, c, a })

-- case: by status: one, an array, all
local ids = {}
for _, action in ipairs({ "active", "suspend", "complete", "fail" }) do
  local id = Session.create({ name = action })
  if Session[action] then Session[action](id) end
end
local function names(filter)
  local names = {}
  for _, session in ipairs(Session.list(filter)) do names[#names + 1] = session.name end
  table.sort(names)
  return table.concat(names, " ")
end
same(names({ status = "active" }), "active")
same(names({ status = "suspended" }), "suspend")
same(names({ status = { "completed", "failed" } }), "complete fail")
same(names({ status = "all" }), "active complete fail suspend")
same(names({ status = { "all" } }), "active complete fail suspend")
same(names({}), "active")

-- case: refuses an unknown status
raises({ "Session.list: status", "active, suspended, completed, failed", '"done"' }, Session.list, { status = "done" })
raises({ "Session.list: status", '"Active"' }, Session.list, { status = "Active" })
raises({ "Session.list: status", "1" }, Session.list, { status = 1 })
raises({ "Session.list: status", "2" }, Session.list, { status = { "active", 2 } })

-- case: by tags, all of which must match
Session.create({ name = "one", tags = { "a" } })
Session.create({ name = "two", tags = { "a", "b" } })
same(#Session.list({ tags = { "a" } }), 2)
same(Session.list({ tags = { "b", "a" } })[1].name, "two")
same(#Session.list({ tags = { "a", "b" } }), 1)
same(#Session.list({ tags = { "a", "c" } }), 0)
same(#Session.list({ tags = {} }), 2)
same(#Session.list({ tags = { "A" } }), 0)

-- case: by parent
local parent = Session.create()
local child = Session.create({ parent_session_id = parent })
local found = Session.list({ parent_session_id = parent })
same({ #found, found[1].id }, { 1, child })
same(Session.list({ parent_session_id = child }), {})

-- case: by creator
-- as: teammate
Session.create({ name = "theirs" })
-- as: owner
Session.create({ name = "mine" })
same(#Session.list(), 2)
same(Session.list({ created_by = "owner" })[1].name, "mine")
same(Session.list({ created_by = "teammate" })[1].name, "theirs")
same(#Session.list({ created_by = "nobody" }), 0)

-- case: searches name and description, whatever the case
Session.create({ name = "Quarterly Figures" })
Session.create({ name = "x", description = "the QUARTERLY one" })
Session.create({ name = "other" })
same(#Session.list({ search = "quarterLY" }), 2)
same(#Session.list({ search = "figures" }), 1)
same(#Session.list({ search = "nothing" }), 0)
same(#Session.list({ search = "" }), 3)

-- case: searches for text beyond ASCII, whatever the case
Session.create({ name = "Übersicht ÉTÉ" })
same({ #Session.list({ search = "übersicht" }), #Session.list({ search = "été" }), #Session.list({ search = "ÜBER" }) }, { 1, 1, 1 })

-- case: searches for signs that patterns know, as themselves
Session.create({ name = "100% [sure]_\\ *" })
Session.create({ name = "plain" })
for _, text in ipairs({ "%", "[sure]", "_", "\\", "*" }) do same({ text, #Session.list({ search = text }) }, { text, 1 }) end

-- case: by equal values in metadata
Session.create({ name = "one", metadata = { k = "v", n = 1, deep = { a = 1 } } })
Session.create({ name = "two", metadata = { k = "v", n = 2, yes = true } })
same(#Session.list({ metadata = { k = "v" } }), 2)
same(Session.list({ metadata = { k = "v", n = 2 } })[1].name, "two")
same(Session.list({ metadata = { deep = { a = 1 } } })[1].name, "one")
same(Session.list({ metadata = { yes = true } })[1].name, "two")
same(#Session.list({ metadata = { n = "1" } }), 0)
same(#Session.list({ metadata = { absent = 1 } }), 0)
same(#Session.list({ metadata = { k = "V" } }), 0)
same(#Session.list({ metadata = {} }), 2)

-- case: metadata keys of any text
Session.create({ metadata = { ["a.b"] = 1, ["it's \"quoted\""] = 2, ["a__b"] = 3, ["0"] = 4, [""] = 5 } })
for key, value in pairs({ ["a.b"] = 1, ["it's \"quoted\""] = 2, ["a__b"] = 3, ["0"] = 4, [""] = 5 }) do
  same({ key, #Session.list({ metadata = { [key] = value } }) }, { key, 1 })
  same({ key, #Session.list({ metadata = { [key] = 9 } }) }, { key, 0 })
end

-- case: by time of creation, as text or as epoch
local id = Session.create()
local created = Session.get(id).created_at
local now = os.time()
same(#Session.list({ created_after = os.date("!%Y-%m-%dT%H:%M:%SZ", now - 3600) }), 1)
same(#Session.list({ created_after = now - 3600 }), 1)
same(#Session.list({ created_after = now - 3600.5 }), 1)
same(#Session.list({ created_after = now + 3600 }), 0)
same(#Session.list({ created_before = now + 3600 }), 1)
same(#Session.list({ created_before = now - 3600 }), 0)
same(#Session.list({ created_after = now - 10, created_before = now + 10 }), 1)
same(#Session.list({ created_after = "2020-01-01T02:00:00+02:00" }), 1)
same(#Session.list({ created_before = created:gsub("Z", "+00:00") .. "" }), 0)

-- case: by time of change
local id = Session.create()
local before = Session.get(id).updated_at
Session.update(id, { name = "changed" })
local after = Session.get(id).updated_at
check(after > before)
same(#Session.list({ updated_after = before }), 1)
same(#Session.list({ updated_before = before }), 0)
same(#Session.list({ updated_after = os.time() + 60 }), 0)
same(#Session.list({ updated_before = os.time() + 60 }), 1)

-- case: refuses what is no time
for _, key in ipairs({ "created_after", "created_before", "updated_after", "updated_before" }) do
  raises({ "Session.list: " .. key, "time", '"yesterday"' }, Session.list, { [key] = "yesterday" })
  raises({ "Session.list: " .. key, "time", '""' }, Session.list, { [key] = "" })
  raises({ "Session.list: " .. key, "time", "table" }, Session.list, { [key] = {} })
  raises({ "Session.list: " .. key, "time" }, Session.list, { [key] = 0 / 0 })
  raises({ "Session.list: " .. key, "time" }, Session.list, { [key] = 1e300 })
  raises({ "Session.list: " .. key, "time", "true" }, Session.list, { [key] = true })
end

-- case: sorts by every key, descending by default for times and counts, ascending for text
local a = Session.create({ name = "b" })
local b = Session.create({ name = "a" })
local c = Session.create({ name = "c" })
Artifact.store(b, "tool_result", "x", "1")
Artifact.store(b, "tool_result", "y", "1")
Artifact.store(c, "tool_result", "x", "1")
Session.suspend(a)
Session.update(b, { description = "latest" })
local function order(filter)
  filter.status = "all"
  local names = {}
  for _, session in ipairs(Session.list(filter)) do names[#names + 1] = session.name end
  return table.concat(names)
end
same(order({}), "cab")
same(order({ sort_by = "created_at" }), "cab")
same(order({ sort_by = "created_at", sort_order = "asc" }), "bac")
same(order({ sort_by = "updated_at" }):sub(1, 1), "a")
same(order({ sort_by = "updated_at", sort_order = "asc" }):sub(3, 3), "a")
same(order({ sort_by = "name" }), "abc")
same(order({ sort_by = "name", sort_order = "desc" }), "cba")
same(order({ sort_by = "name", sort_desc = true }), "cba")
same(order({ sort_by = "name", sort_desc = false }), "abc")
same(order({ sort_by = "created_at", sort_desc = false }), "bac")
same(order({ sort_by = "artifact_count" }), "acb")
same(order({ sort_by = "artifact_count", sort_order = "asc" }), "bca")
same(order({ sort_by = "status" }):sub(3, 3), "b")
same(order({ sort_by = "status", sort_order = "desc" }):sub(1, 1), "b")

-- case: refuses unknown orders
raises({ "Session.list: sort_by", "created_at", '"size"' }, Session.list, { sort_by = "size" })
raises({ "Session.list: sort_order", "asc", '"up"' }, Session.list, { sort_order = "up" })
raises({ "Session.list: sort_desc", "true or false", '"yes"' }, Session.list, { sort_desc = "yes" })

-- case: pages with limit and offset
for i = 1, 5 do Session.create({ name = "s" .. i }) end
local function page(limit, offset)
  local names = {}
  for _, session in ipairs(Session.list({ sort_by = "name", limit = limit, offset = offset })) do names[#names + 1] = session.name end
  return table.concat(names, " ")
end
same(page(2), "s1 s2")
same(page(2, 2), "s3 s4")
same(page(2, 4), "s5")
same(page(nil, 3), "s4 s5")
same(page(2, 9), "")
same(page(2.0, 0.0), "s1 s2")

-- case: one warning line says how many more there are
-- errors: "Session.list: 3 matched, 2 returned from offset 0 (raise limit or offset)\n"
for i = 1, 3 do Session.create() end
same(#Session.list({ limit = 2 }), 2)

-- case: no warning where all is shown
-- errors: ""
for i = 1, 3 do Session.create() end
Session.list({ limit = 3 })
Session.list({ limit = 2, offset = 1 })
Session.list()

-- case: refuses a limit that is no whole number from 1 to 1000
for _, limit in ipairs({ 0, -1, 1001, 1.5, "10", true, 2 ^ 53, math.maxinteger, math.mininteger, 0 / 0, {} }) do
  raises({ "Session.list: limit", "1 to 1000" }, Session.list, { limit = limit })
end
Session.list({ limit = 1000 })

-- case: refuses an offset that is no whole number from 0
for _, offset in ipairs({ -1, 0.5, "0", math.huge, math.mininteger }) do
  raises({ "Session.list: offset", "0" }, Session.list, { offset = offset })
end
Session.list({ offset = 1000000 })

-- case: caps a list of more than 1000 and says so
-- errors: "Session.list: 1002 matched, 1000 returned from offset 0 (raise limit or offset)\n"
for i = 1, 1002 do Session.create() end
same(#Session.list(), 1000)
same(#Session.list({ offset = 1000 }), 2)

-- case: names the nearest key for an unknown one
raises({ "Session.list", '"state"', 'did you mean "status"?' }, Session.list, { state = "active" })
raises({ "Session.list", '"tag"', 'did you mean "tags"?' }, Session.list, { tag = "x" })
raises({ "Session.list", '"sortby"', 'did you mean "sort_by"?' }, Session.list, { sortby = "name" })

-- case: refuses wrong types
raises({ "Session.list: filter", "table", '"active"' }, Session.list, "active")
raises({ "Session.list: filter", "table", "array" }, Session.list, { "active" })
raises({ "Session.list: tags", "array", '"a"' }, Session.list, { tags = "a" })
raises({ "Session.list: created_by", "string", "1" }, Session.list, { created_by = 1 })
raises({ "Session.list: search", "string", "true" }, Session.list, { search = true })
raises({ "Session.list: metadata", "table", '"x"' }, Session.list, { metadata = "x" })
raises({ "Session.list: parent_session_id", "string", "1" }, Session.list, { parent_session_id = 1 })
raises('Session.list: invalid session id: "abc"', Session.list, { parent_session_id = "abc" })

-- case: deleted sessions are in no list
local id = Session.create({ name = "gone", tags = { "t" } })
Session.delete(id)
same({ #Session.list(), #Session.list({ status = "all" }), #Session.list({ tags = { "t" } }) }, { 0, 0, 0 })

-- case: a stranger's sessions are in no list
-- as: stranger
Session.create({ name = "Elsewhere", tags = { "t" } })
-- as: owner
same(#Session.list({ status = "all", tags = { "t" }, search = "else" }), 0)
same(#Session.list({ created_by = "stranger" }), 0)
-- as: both
same(#Session.list({ tags = { "t" } }), 1)
