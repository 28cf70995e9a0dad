-- Artifact.store: types, names, content, options, the session's status.

-- case: takes the four standard types
local id = Session.create()
for _, kind in ipairs({ "tool_result", "agent_output", "user_input", "system_generated" }) do
  local artifact = Artifact.store(id, kind, kind .. ".txt", "x")
  same(Artifact.get(id, artifact).metadata.artifact_type, kind)
end

-- case: takes custom lower-case words, and folds upper case
local id = Session.create()
for given, kept in pairs({ report = "report", x = "x", v2_report = "v2_report", a_ = "a_", Report = "report",
  TOOL_RESULT = "tool_result", [("w"):rep(64)] = ("w"):rep(64) }) do
  same(Artifact.get(id, Artifact.store(id, given, "n", "x")).metadata.artifact_type, kept)
end

-- case: refuses what is no such word
local id = Session.create()
for _, kind in ipairs({ "", "2fast", "_x", "tool-result!", "two words", "größe", ("w"):rep(65), "a\n" }) do
  raises("Artifact.store: type", Artifact.store, id, kind, "n", "x")
end
raises({ "Artifact.store: type", "string", "nil" }, Artifact.store, id, nil, "n", "x")
raises({ "Artifact.store: type", "string", "1" }, Artifact.store, id, 1, "n", "x")
raises({ "Artifact.store: type", "string", "table" }, Artifact.store, id, {}, "n", "x")

-- case: takes a word within two edits of a standard one for a typo
local id = Session.create()
for typo, meant in pairs({ tool_reslt = "tool_result", tool_results = "tool_result", agent_ouptut = "agent_output",
  agentoutput = "agent_output", user_inptu = "user_input", usr_input = "user_input", system_generate = "system_generated" }) do
  raises(('Artifact.store: unknown artifact type "%s" (did you mean "%s"?)'):format(typo, meant),
    Artifact.store, id, typo, "n", "x")
end
Artifact.store(id, "tool_resXYZ", "n", "x")

-- case: takes names of 1 to 255 bytes of UTF-8
local id = Session.create()
for _, name in ipairs({ "x", ("x"):rep(255), ("é"):rep(127), "a/b c.txt", "日本.txt", " ", "..", "-rf *" }) do
  same(Artifact.get(id, Artifact.store(id, "report", name, "x")).metadata.name, name)
end

-- case: refuses other names
local id = Session.create()
raises({ "Artifact.store: name", "255" }, Artifact.store, id, "report", ("x"):rep(256), "x")
raises({ "Artifact.store: name", "255" }, Artifact.store, id, "report", ("é"):rep(128), "x")
for _, name in ipairs({ "", "a\nb", "a\0b", "\27[2J", "tab\t", "\127", "\u{85}" }) do
  raises("Artifact.store: name", Artifact.store, id, "report", name, "x")
end
raises({ "Artifact.store: name", "UTF-8", "\\xff" }, Artifact.store, id, "report", "\xff", "x")
raises({ "Artifact.store: name", "string", "nil" }, Artifact.store, id, "report", nil, "x")
raises({ "Artifact.store: name", "string", "1" }, Artifact.store, id, "report", 1, "x")

-- case: storing a name again adds the next version
local id = Session.create()
for version = 1, 3 do
  local artifact = Artifact.store(id, "report", "a.txt", "v" .. version)
  same(artifact.sequence, version)
  local metadata = Artifact.get(id, artifact).metadata
  same({ metadata.version, metadata.sequence }, { version, version })
end
same(Artifact.store(id, "report", "A.txt", "x").sequence, 1)
same(Artifact.store(Session.create(), "report", "a.txt", "x").sequence, 1)

-- case: the same content again is a version too
local id = Session.create()
local one = Artifact.store(id, "report", "a", "same")
local two = Artifact.store(id, "report", "a", "same")
check(one ~= two)
same({ one.content_hash, two.sequence }, { two.content_hash, 2 })

-- case: a version number is not given twice, also after a deletion
local id = Session.create()
Artifact.delete(id, Artifact.store(id, "report", "a", "1"))
same(Artifact.store(id, "report", "a", "2").sequence, 2)

-- case: content is bytes, end to end
local id = Session.create()
local bytes = {}
for i = 0, 255 do bytes[#bytes + 1] = string.char(i) end
local all = table.concat(bytes)
for _, content in ipairs({ all, "", "\0", "\xff\xfe", "line\r\n", all:rep(100), ("\0"):rep(70000) }) do
  local artifact = Artifact.get(id, Artifact.store(id, "report", "bytes", content))
  check(artifact.content == content, #content)
  same(artifact.metadata.size, #content)
end

-- case: content of many frames comes back as it was
local id = Session.create()
local parts = {}
for i = 1, 40000 do parts[i] = string.pack(">I4", i * 2654435761 % 2 ^ 32 | 0):rep(25) end
local content = table.concat(parts)
same(#content, 4000000)
parts = nil
local artifact = Artifact.store(id, "report", "large", content)
check(Artifact.get(id, artifact).content == content)

-- case: refuses content that is no string, and suggests json.encode
local id = Session.create()
for _, content in ipairs({ 42, true, {}, { 1, 2 }, json.null, 0.5 }) do
  raises({ "Artifact.store: content", "string", "json.encode" }, Artifact.store, id, "report", "n", content)
end
raises({ "Artifact.store: content", "json.encode", "nil" }, Artifact.store, id, "report", "n", nil)
raises({ "Artifact.store: content", "json.encode", "nil" }, Artifact.store, id, "report", "n")
raises({ "Artifact.store" }, Artifact.store, id, "report", "n", print)

-- case: the MIME type is taken from the options first
local id = Session.create()
for _, mime in ipairs({ "text/plain", "application/vnd.api+json", "image/svg+xml", "x/y" }) do
  same(Artifact.get(id, Artifact.store(id, "report", "a.png", "x", { mime_type = mime })).metadata.mime_type, mime)
end

-- case: then from the name, then from the content, then it is text or bytes
local id = Session.create()
local png = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\8\2\0\0\0\x90wS\xde"
local function mime(name, content) return Artifact.get(id, Artifact.store(id, "report", name, content)).metadata.mime_type end
same(mime("a.json", "x"), "application/json")
same(mime("a.csv", "x"), "text/csv")
same(mime("A.PDF", "x"), "application/pdf")
same(mime("a.html", "x"), "text/html")
same(mime("chart.png", "no png"), "image/png")
same(mime("chart", png), "image/png")
same(mime("notes", "plain — text"), "text/plain")
same(mime("empty", ""), "text/plain")
same(mime("noise", "\xff\xfe\xfd\0\1\2"), "application/octet-stream")

-- case: refuses a MIME type that is none
local id = Session.create()
for _, mime in ipairs({ "", "text", "text/", "/plain", "text/plain/x", "text plain", "text/plain\n", "a/b\0" }) do
  raises({ "Artifact.store: mime_type", "MIME type" }, Artifact.store, id, "report", "n", "x", { mime_type = mime })
end
raises({ "Artifact.store: mime_type", "string", "1" }, Artifact.store, id, "report", "n", "x", { mime_type = 1 })

-- case: takes tags and a description
local id = Session.create()
local artifact = Artifact.store(id, "report", "n", "x", { tags = { "b", "a", "b" }, description = "what" })
local metadata = Artifact.get(id, artifact).metadata
same({ metadata.tags, metadata.description }, { { "b", "a" }, "what" })

-- case: refuses tags and descriptions of the wrong kind
local id = Session.create()
raises({ "Artifact.store: tags", "array" }, Artifact.store, id, "report", "n", "x", { tags = "t" })
raises({ "Artifact.store: tags[1]", "64" }, Artifact.store, id, "report", "n", "x", { tags = { ("x"):rep(65) } })
raises({ "Artifact.store: tags[2]", "string" }, Artifact.store, id, "report", "n", "x", { tags = { "a", {} } })
raises({ "Artifact.store: description", "string", "1" }, Artifact.store, id, "report", "n", "x", { description = 1 })

-- case: every other key goes to custom, nested tables included
local id = Session.create()
local artifact = Artifact.store(id, "report", "n", "x", {
  source = "tool", version = "1.0", score = 0.5, count = 3, yes = true, none = json.null, mime_type = "text/plain",
  nested = { list = { 1, 2, { deep = "x" } }, empty = json.array() }, name = "kept too", tags = { "t" },
})
same(json.encode(Artifact.get(id, artifact).metadata.custom), json.encode({
  source = "tool", version = "1.0", score = 0.5, count = 3, yes = true, none = json.null,
  nested = { list = { 1, 2, { deep = "x" } }, empty = json.array() }, name = "kept too",
}))
same(Artifact.get(id, artifact).metadata.version, 1)

-- case: custom is an empty table without such keys
local id = Session.create()
same(Artifact.get(id, Artifact.store(id, "report", "n", "x")).metadata.custom, {})
same(Artifact.get(id, Artifact.store(id, "report", "n", "x", {})).metadata.custom, {})

-- case: refuses custom values that JSON cannot hold
local id = Session.create()
raises("Artifact.store", Artifact.store, id, "report", "n", "x", { f = print })
raises("Artifact.store", Artifact.store, id, "report", "n", "x", { n = 0 / 0 })
raises("Artifact.store", Artifact.store, id, "report", "n", "x", { b = "\xff" })
raises("Artifact.store", Artifact.store, id, "report", "n", "x", { sparse = { [1] = 1, [9] = 2 } })
raises({ "Artifact.store", "64 KiB" }, Artifact.store, id, "report", "n", "x", { k = ("x"):rep(70000) })

-- case: refuses options that are no table
local id = Session.create()
raises({ "Artifact.store: options", "table", '"text/plain"' }, Artifact.store, id, "report", "n", "x", "text/plain")
raises({ "Artifact.store: options", "table" }, Artifact.store, id, "report", "n", "x", { "text/plain" })

-- case: the session must be active
for action, status in pairs({ suspend = "suspended", complete = "completed", fail = "failed" }) do
  local id = Session.create()
  local kept = Artifact.store(id, "report", "kept", "x")
  Session[action](id)
  local words = ("cannot store artifacts in a %s session: call Session.%s(id) first"):format(
    status, action == "suspend" and "resume" or "load")
  raises("Artifact.store: " .. words, Artifact.store, id, "report", "n", "x")
  raises({ "Artifact.delete: cannot delete artifacts", status }, Artifact.delete, id, kept)
  same(#Artifact.list(id), 1)
end

-- case: a wrong session is said before anything else
raises('Artifact.store: invalid session id: "abc"', Artifact.store, "abc", "report", "n", "x")
raises({ "Artifact.store: session id", "string", "1" }, Artifact.store, 1, "report", "n", "x")

-- case: a wrong call stores nothing
local id = Session.create()
pcall(Artifact.store, id, "tool_reslt", "n", "x")
pcall(Artifact.store, id, "report", "", "x")
pcall(Artifact.store, id, "report", "n", {})
pcall(Artifact.store, id, "report", "n", "x", { tags = 1 })
same({ #Artifact.list(id), Session.get(id).artifact_count, #Artifact.query() }, { 0, 0, 0 })

-- case: a teammate may, a viewer may not, a stranger sees nothing
-- as: owner
return Session.create()
-- as: viewer
local id = json.decode(ARGS.given)
raises({ "Artifact.store", "viewer" }, Artifact.store, id, "report", "n", "x")
return id
-- as: stranger
local id = json.decode(ARGS.given)
raises("Artifact.store: session not found: " .. id, Artifact.store, id, "report", "n", "x")
return id
-- as: teammate
local id = json.decode(ARGS.given)
same(Artifact.get(id, Artifact.store(id, "report", "n", "x")).metadata.created_by, "teammate")

-- case: counts are kept with the session
local id = Session.create()
local a = Artifact.store(id, "report", "a", "12345")
Artifact.store(id, "report", "a", "1")
same({ Session.get(id).artifact_count, Session.get(id).total_artifact_size }, { 2, 6 })
Artifact.delete(id, a)
same({ Session.get(id).artifact_count, Session.get(id).total_artifact_size }, { 1, 1 })

-- case: content above 10 KiB is compressed when that makes it smaller
local id = Session.create()
local function stored(content) return Artifact.get(id, Artifact.store(id, "report", "n", content)).metadata end
local small, large = stored(("x"):rep(10 * 1024)), stored(("x"):rep(10 * 1024 + 1))
same({ small.is_compressed, small.stored_size }, { false, 10 * 1024 })
same(large.is_compressed, true)
check(large.stored_size < 1000)
same(large.size, 10 * 1024 + 1)
local noise = {}
for i = 1, 20000 do noise[i] = string.char(math.random(0, 255)) end
local random = stored(table.concat(noise))
same({ random.is_compressed, random.stored_size, random.size }, { false, 20000, 20000 })
