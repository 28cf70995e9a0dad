-- io and file handles.

-- case: writes and reads a file
local file = check(io.open("notes/today.txt", "w"))
same(io.type(file), "file")
check(file:write("one\n", 2, " ", 0.5, "\n") == file)
check(file:close() == true)
same(io.open("notes/today.txt"):read("a"), "one\n2 0.5\n")

-- case: bytes survive
local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
all = table.concat(all):rep(3)
for _, mode in ipairs({ "w", "wb" }) do
  io.open("bytes.bin", mode):write(all):close()
  check(io.open("bytes.bin", "rb"):read("a") == all)
  check(io.open("bytes.bin"):read("*a") == all)
end

-- case: a file that is not there
same({ io.open("chart.png") }, { nil, "chart.png: No such file or directory", 2 })
same({ io.open("chart.png", "rb") }, { nil, "chart.png: No such file or directory", 2 })
same({ io.open("chart.png", "r+") }, { nil, "chart.png: No such file or directory", 2 })
same({ io.open("/tmp/chart.png") }, { nil, "/tmp/chart.png: No such file or directory", 2 })
same({ io.open("/no/such/x.txt") }, { nil, "/no/such/x.txt: No such file or directory", 2 })

-- case: the server's disk is not there
for _, path in ipairs({ "/etc/passwd", "/proc/self/environ", "../../../../etc/shadow", "/", "", ".", "~/.bashrc", "/dev/null" }) do
  same({ path, (io.open(path, "rb")) }, { path, nil })
end

-- case: relative and absolute paths name the same tree, and .. stops at its root
-- file: path/to/document.pdf = %PDF
for _, path in ipairs({ "path/to/document.pdf", "/path/to/document.pdf", "./path/./to//document.pdf",
  "../../path/to/document.pdf", "/../path/x/../to/document.pdf", "path/../path/to/document.pdf" }) do
  same({ path, check(io.open(path), path):read("a") }, { path, "%PDF" })
end

-- case: every mode
local function content() return io.open("f"):read("a") end
io.open("f", "w"):write("abc"):close()
same(content(), "abc")
io.open("f", "a"):write("def"):close()
same(content(), "abcdef")
local file = io.open("f", "r+")
same(file:read(2), "ab")
file:seek("set", 1)
file:write("XY")
file:close()
same(content(), "aXYdef")
file = io.open("f", "w+")
file:write("new content")
file:seek("set", 4)
same(file:read("a"), "content")
file:close()
same(content(), "new content")
file = io.open("f", "a+")
same(file:read("a"), "new content")
file:seek("set", 0)
file:write("!")
file:close()
same(content(), "new content!")
io.open("f", "w"):close()
same(content(), "")
for _, mode in ipairs({ "rb", "wb", "ab", "r+b", "w+b", "a+b" }) do check(io.open("f", mode), mode):close() end

-- case: refuses other modes
for _, mode in ipairs({ "", "x", "rw", "br", "r++", "rbb", "+r" }) do raises("mode", io.open, "f", mode) end
raises("", io.open)
raises("", io.open, {})

-- case: a file opened for one thing does not do the other
io.open("f", "w"):write("abc"):close()
local file = io.open("f", "r")
local ok, message, code = file:write("x")
same({ ok, type(message), code }, { nil, "string", 9 })
local other = io.open("g", "w")
local content, message, code = other:read("a")
same({ content, type(message), code }, { nil, "string", 9 })

-- case: reads every format, with and without a star
io.open("f", "w"):write("line one\nline two\n42 0x1F -1.5e1 nan\nrest"):close()
local file = io.open("f")
same({ file:read("l"), file:read("L") }, { "line one", "line two\n" })
same({ file:read("n", "n", "n") }, { 42, 31, -15.0 })
same(file:read("n"), nil)
file = io.open("f")
same({ file:read("*l"), file:read("*L"), file:read("*n") }, { "line one", "line two\n", 42 })
same(io.open("f"):read(), "line one")
same(io.open("f"):read(4), "line")
same({ io.open("f"):read(0) }, { "" })
same(#io.open("f"):read("a"), 41)
same({ io.open("f"):read(4, 1, "l") }, { "line", " ", "one" })
raises("format", function() local got = io.open("f"):read("x") return got end)

-- case: reads at the end of a file
io.open("f", "w"):write("x"):close()
local file = io.open("f")
same(file:read("a"), "x")
same({ file:read("a"), file:read("l"), file:read("L"), file:read("n"), file:read(1), file:read(0) }, { "" })

-- case: empty lines and a last line without its end
io.open("f", "w"):write("\n\na\n\nb"):close()
local lines = {}
for line in io.lines("f") do lines[#lines + 1] = line end
same(lines, { "", "", "a", "", "b" })
lines = {}
for line in io.lines("f", "L") do lines[#lines + 1] = line end
same(lines, { "\n", "\n", "a\n", "\n", "b" })

-- case: lines takes formats
io.open("f", "w"):write("abcdef"):close()
local parts = {}
for part in io.lines("f", 2) do parts[#parts + 1] = part end
same(parts, { "ab", "cd", "ef" })
local file = io.open("f")
for a, b in file:lines(1, 2) do parts[#parts + 1] = a .. "-" .. b end
same({ parts[4], parts[5] }, { "a-bc", "d-ef" })
same(io.type(file), "file")

-- case: io.lines of a file that is not there is an error
raises({ "nowhere.txt", "No such file or directory" }, io.lines, "nowhere.txt")

-- case: io.lines closes its file at the end
io.open("f", "w"):write("a\n"):close()
for _ = 1, 300 do for line in io.lines("f") do same(line, "a") end end

-- case: seek
io.open("f", "w"):write("0123456789"):close()
local file = io.open("f")
same({ file:seek(), file:seek("end"), file:seek("set", 3), file:read(2), file:seek("cur"), file:seek("cur", -1), file:read(1) },
  { 0, 10, 3, "34", 5, 4, "4" })
same({ file:seek("end", -2), file:read("a") }, { 8, "89" })
local moved, message = file:seek("set", -1)
same({ moved, type(message) }, { nil, "string" })
same({ file:seek("set", 100), file:read(1) }, { 100, nil })
raises("", function() local at = file:seek("middle") return at end)

-- case: writing behind the end fills with zeros
local file = io.open("f", "w+")
file:seek("set", 3)
file:write("x")
file:close()
same(io.open("f", "rb"):read("a"), "\0\0\0x")

-- case: what is flushed is in the file, what is not flushed is there at the end
local file = io.open("f", "w")
file:write("flushed")
check(file:flush())
same(io.open("f"):read("a"), "flushed")
file:write(" and more")
-- as: owner
same(io.open("f"):read("a"), "flushed and more")

-- case: setvbuf is accepted
local file = io.open("f", "w")
for _, mode in ipairs({ "no", "full", "line" }) do check(file:setvbuf(mode)) end
check(file:setvbuf("full", 1024))

-- case: a closed file
local file = io.open("f", "w")
file:close()
same({ io.type(file), tostring(file) }, { "closed file", "file (closed)" })
for _, method in ipairs({ "read", "write", "lines", "seek", "flush", "close", "setvbuf" }) do
  raises("closed file", function() local done = file[method](file, "l") return done end)
end

-- case: io.type tells files from the rest
same({ io.type(io.stdout), io.type(io.stderr), io.type({}), io.type("f"), io.type(1) }, { "file", "file", nil, nil, nil })
check(tostring(io.stdout):find("^file %("))

-- case: handles close with their variable
do
  local file <close> = io.open("f", "w")
  file:write("kept")
end
same(io.open("f"):read("a"), "kept")

-- case: standard input is at its end
check(io.read() == nil)
same(io.read("a"), "")
check(io.read("n") == nil)
for line in io.lines() do error("a line") end

-- case: writes to the console
-- prints: "ab1 2.5\nline\tx\n"
check(io.write("a", "b", 1, " ", 2.5, "\n") == io.stdout)
io.stdout:write("line")
print("", "x")

-- case: writes to standard error
-- errors: "oops 1\n"
-- prints: ""
check(io.stderr:write("oops ", 1, "\n") == io.stderr)

-- case: refuses to write what is no text
raises("", io.write, {})
raises("", io.write, nil)
raises("", function() local done = io.stdout:write(true) return done end)

-- case: tmpfile can be written and read, and has no name
local file = io.tmpfile()
file:write("abc\0\xff")
file:seek("set")
same({ io.type(file), file:read("a") }, { "file", "abc\0\xff" })
file:close()

-- case: io.close closes
local file = io.open("f", "w")
check(io.close(file))
same(io.type(file), "closed file")

-- case: io.output and io.input
io.output("out.txt")
io.write("to the file")
io.close()
io.output(io.stdout)
io.input("out.txt")
same(io.read("a"), "to the file")
io.input(io.stdin)

-- case: /tmp is private to the run and gone after it
io.open("/tmp/a.txt", "w"):write("private"):close()
same(io.open("/tmp/a.txt"):read("a"), "private")
same(io.open("tmp/a.txt"):read("a"), "private")
same(io.open("/x/../tmp/a.txt"):read("a"), "private")
-- as: owner
same({ io.open("/tmp/a.txt") }, { nil, "/tmp/a.txt: No such file or directory", 2 })
-- as: teammate
same((io.open("/tmp/a.txt")), nil)

-- case: files stay for the next run of the same account, and for no other
io.open("deep/er/kept.txt", "w"):write("kept"):close()
-- as: owner
same(io.open("/deep/er/kept.txt"):read("a"), "kept")
-- as: teammate
same((io.open("deep/er/kept.txt")), nil)
-- as: stranger
same((io.open("deep/er/kept.txt")), nil)

-- case: folders are only part of names
-- file: a/b.txt = x
local file, message, code = io.open("a")
check(file == nil and code)
local file, message, code = io.open("a", "w")
check(file == nil or not pcall(function() file:write("x") assert(file:close()) end))
same(io.open("a/b.txt"):read("a"), "x")
local file = io.open("a/b.txt/c", "w")
check(file == nil or not pcall(function() file:write("x") assert(file:close()) end))
same(io.open("a/b.txt"):read("a"), "x")

-- case: names that no file can have
for _, name in ipairs({ "a\0b", "a\nb", "\27", ("x"):rep(256), ("x/"):rep(600) .. "y", "\xff", "" }) do
  local file = io.open(name, "w")
  check(file == nil or not pcall(function() file:write("x") assert(file:close()) end), ("%q"):format(name:sub(1, 10)))
  check(io.open(name) == nil)
end

-- case: names of 255 bytes, and beyond the basic plane
for _, name in ipairs({ ("x"):rep(255), ("é"):rep(127), "🎉.txt", "a b'\"\\.txt", "日/本" }) do
  check(io.open(name, "w")):write(name):close()
  same(io.open(name):read("a"), name)
end

-- case: names differ by case
io.open("A.txt", "w"):write("upper"):close()
io.open("a.txt", "w"):write("lower"):close()
same({ io.open("A.txt"):read("a"), io.open("a.txt"):read("a") }, { "upper", "lower" })

-- case: a large file is read in pieces
local file = io.open("large.bin", "wb")
for i = 1, 300 do file:write(string.pack(">I4", i):rep(4096)) end
file:close()
file = io.open("large.bin", "rb")
same(file:seek("end"), 300 * 16384)
file:seek("set", 299 * 16384)
same(file:read(8), string.pack(">I4", 300):rep(2))
file:seek("set", 0)
local total = 0
while true do
  local piece = file:read(100000)
  if not piece then break end
  total = total + #piece
end
same(total, 300 * 16384)

-- case: many open handles
io.open("f", "w"):write("x"):close()
local files = {}
for i = 1, 100 do files[i] = check(io.open("f")) end
for i = 1, 100 do same(files[i]:read("a"), "x") end
for i = 1, 100 do files[i]:close() end
for _ = 1, 500 do io.open("f"):close() end

-- case: two handles on one file
local a, b = io.open("f", "a"), io.open("f", "a")
a:write("a1 ")
a:flush()
b:write("b1 ")
b:flush()
a:write("a2")
a:close()
b:close()
same(io.open("f"):read("a"), "a1 b1 a2")

-- case: an open file is read as it was when it was opened
io.open("f", "w"):write("before"):close()
local file = io.open("f")
io.open("f", "w"):write("after"):close()
same({ file:read("a"), io.open("f"):read("a") }, { "before", "after" })

-- case: there is no way to a process
check(io.popen == nil)
check(os.execute == nil)
check(package == nil or package.loadlib == nil)

-- case: /tmp holds 256 files at once
local kept, failure = 0, nil
for i = 1, 260 do
  local file = io.open("/tmp/" .. i, "w")
  file:write("x")
  local ok, message, code = file:close()
  if ok then kept = kept + 1 else failure = { message, code } end
end
same({ kept, failure }, { 256, { "/tmp/260: No space left on device", 28 } })
check(os.remove("/tmp/1"))
check(io.open("/tmp/one-more", "w"):close())
same(io.open("/tmp/256"):read("a"), "x")
