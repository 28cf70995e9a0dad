-- Artifact.storeFile.

-- case: stores one of the user's files under its base name
-- file: path/to/data.csv = x,y\n1,2\n
local session = Session.create()
local id = Artifact.storeFile(session, "/path/to/data.csv", "tool_result", { tags = { "t" }, description = "d", by = "me" })
local artifact = Artifact.get(session, id)
same({ artifact.content, artifact.metadata.name }, { "x,y\n1,2\n", "data.csv" })
same({ artifact.metadata.mime_type, artifact.metadata.artifact_type }, { "text/csv", "tool_result" })
same({ artifact.metadata.tags, artifact.metadata.description, artifact.metadata.custom }, { { "t" }, "d", { by = "me" } })
same({ id.sequence, id.session_id }, { 1, session })

-- case: every spelling of a path is the same file
-- file: a/b.txt = content
local session = Session.create()
for version, path in ipairs({ "a/b.txt", "/a/b.txt", "./a//b.txt", "/a/../a/b.txt", "../../a/b.txt" }) do
  same(Artifact.storeFile(session, path, "report").sequence, version)
end

-- case: stores a file that this run wrote under /tmp
local session = Session.create()
local file = io.open("/tmp/chart.png", "wb")
file:write("\x89PNG\r\n\x1a\n\0\xff")
file:close()
local artifact = Artifact.get(session, Artifact.storeFile(session, "/tmp/chart.png", "agent_output"))
same({ artifact.content, artifact.metadata.name, artifact.metadata.mime_type }, { "\x89PNG\r\n\x1a\n\0\xff", "chart.png", "image/png" })
file = io.open("/tmp/chart.png", "rb")
same(file:read("a"), "\x89PNG\r\n\x1a\n\0\xff")

-- case: stores a private file twice
local session = Session.create()
io.open("/tmp/a", "w"):write("content"):close()
for version = 1, 2 do
  local id = Artifact.storeFile(session, "/tmp/a", "report")
  same({ id.sequence, Artifact.get(session, id).content }, { version, "content" })
end

-- case: stores a file that this run wrote among the user's files
local session = Session.create()
io.open("out/new.txt", "w"):write("written"):close()
same(Artifact.get(session, Artifact.storeFile(session, "out/new.txt", "report")).content, "written")

-- case: a file that is not there is said to be so
local session = Session.create()
raises({ "Artifact.storeFile", "file not found", "missing.pdf" }, Artifact.storeFile, session, "/a/missing.pdf", "report")
raises({ "Artifact.storeFile", "file not found", "/tmp/missing.png" }, Artifact.storeFile, session, "/tmp/missing.png", "report")
raises({ "Artifact.storeFile", "file not found" }, Artifact.storeFile, session, "/etc/passwd", "report")
raises({ "Artifact.storeFile", "file not found" }, Artifact.storeFile, session, "", "report")
raises({ "Artifact.storeFile", "file not found" }, Artifact.storeFile, session, "a\0b", "report")

-- case: refuses a path that is no string
local session = Session.create()
raises({ "Artifact.storeFile: path", "string", "nil" }, Artifact.storeFile, session)
raises({ "Artifact.storeFile: path", "string", "1" }, Artifact.storeFile, session, 1, "report")
raises({ "Artifact.storeFile: path" }, Artifact.storeFile, session, "\xff", "report")

-- case: refuses what Artifact.store refuses
-- file: a.txt = x
local session = Session.create()
raises({ "Artifact.storeFile: type", "nil" }, Artifact.storeFile, session, "a.txt")
raises('Artifact.storeFile: unknown artifact type "tool_reslt"', Artifact.storeFile, session, "a.txt", "tool_reslt")
raises({ "Artifact.storeFile: tags" }, Artifact.storeFile, session, "a.txt", "report", { tags = 1 })
raises({ "Artifact.storeFile: mime_type" }, Artifact.storeFile, session, "a.txt", "report", { mime_type = "x" })
raises('Artifact.storeFile: invalid session id: "abc"', Artifact.storeFile, "abc", "a.txt", "report")
Session.complete(session)
raises("Artifact.storeFile: cannot store artifacts in a completed session", Artifact.storeFile, session, "a.txt", "report")

-- case: takes the current session
-- file: a.txt = x
Session.setCurrent(Session.create())
same(Artifact.get("", Artifact.storeFile("", "a.txt", "report")).content, "x")

-- case: one account's files are nobody else's
-- file: secret.txt = x
-- as: owner
return Session.create()
-- as: teammate
local session = json.decode(ARGS.given)
raises("file not found", Artifact.storeFile, session, "secret.txt", "report")
same({ io.open("secret.txt") }, { nil, "secret.txt: No such file or directory", 2 })
io.open("secret.txt", "w"):write("theirs"):close()
-- as: owner
same(io.open("secret.txt"):read("a"), "x")

-- case: a stored artifact does not change with its file
-- file: a.txt = before
local session = Session.create()
local id = Artifact.storeFile(session, "a.txt", "report")
io.open("a.txt", "w"):write("after"):close()
same(Artifact.get(session, id).content, "before")
os.remove("a.txt")
same(Artifact.get(session, id).content, "before")
