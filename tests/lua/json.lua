-- json.encode, decode, null, array, object; JSON.stringify and parse.

-- case: JSON.stringify and JSON.parse are the same functions
check(JSON.stringify == json.encode and JSON.parse == json.decode)
check(JSON.null == nil or JSON.null == json.null)

-- case: encodes plain values
same(json.encode("text"), '"text"')
same({ json.encode(1), json.encode(-1), json.encode(0.5), json.encode(true), json.encode(false) }, { "1", "-1", "0.5", "true", "false" })
same({ json.encode(nil), json.encode(json.null) }, { "null", "null" })
same(json.encode("\"\\\n\t\r\b\f/é\u{1F600}"), '"\\"\\\\\\n\\t\\r\\b\\f/é😀"')
same(json.encode("\0\1\31"), '"\\u0000\\u0001\\u001f"')

-- case: integers stay integers
same(json.encode(math.maxinteger), "9223372036854775807")
same(json.encode(math.mininteger), "-9223372036854775808")
same(json.encode(2 ^ 53 | 0), "9007199254740992")
same(math.type(json.decode("3")), "integer")
same(math.type(json.decode("-9223372036854775808")), "integer")
same(json.decode("9223372036854775807"), math.maxinteger)
same(math.type(json.decode("3.0")), "float")
same(math.type(json.decode("1e2")), "float")
same(math.type(json.decode("18446744073709551616")), "float")
same(json.decode(json.encode({ 1, 1.5 })), { 1, 1.5 })

-- case: floats survive
for _, number in ipairs({ 0.1, 1 / 3, 1e300, 5e-324, -0.0, 1e15, 123456789.123 }) do
  same(json.decode(json.encode(number)), number)
end

-- case: arrays are tables with the keys 1 to n
same(json.encode({ 1, 2, 3 }), "[1,2,3]")
same(json.encode({ "a", { "b" }, json.null }), '["a",["b"],null]')
same(json.encode({ [1] = "a", [2] = "b" }), '["a","b"]')
same(json.encode({ [1.0] = "a" }), '["a"]')

-- case: other tables are objects
same(json.encode({ a = 1 }), '{"a":1}')
same(json.decode(json.encode({ a = { b = { c = "d" } } })), { a = { b = { c = "d" } } })
same(json.encode({ [""] = 1 }), '{"":1}')
same(json.encode({ ["1"] = 1 }), '{"1":1}')

-- case: equal tables have equal texts
same(json.encode({ b = 1, a = 2, c = 3 }), json.encode({ c = 3, a = 2, b = 1 }))

-- case: an empty table can be marked
same(json.encode(json.array()), "[]")
same(json.encode(json.array({})), "[]")
same(json.encode(json.object()), "{}")
same(json.encode(json.object({})), "{}")
same(json.encode({ rows = json.array(), map = json.object() }), '{"map":{},"rows":[]}')
same(json.encode(json.array({ 1, 2 })), "[1,2]")
same(json.encode(json.object({ a = 1 })), '{"a":1}')

-- case: a marked table is the table that was given
local t = {}
check(json.array(t) == t and rawequal(json.array(t), t))
check(json.object(t) == t)
local list = json.array()
list[1] = "x"
same({ json.encode(list), #list, list[1] }, { '["x"]', 1, "x" })
for i, item in ipairs(list) do same({ i, item }, { 1, "x" }) end

-- case: a mark that cannot hold is an error
raises("", json.encode, json.array({ a = 1 }))
raises("json.array", json.array, "x")
raises("json.object", json.object, 1)

-- case: indents
same(json.encode({ a = { 1, 2 } }, { indent = 2 }), '{\n  "a": [\n    1,\n    2\n  ]\n}')
same(json.encode({ a = 1 }, { indent = 4 }), '{\n    "a": 1\n}')
same(json.encode({ a = json.array(), b = json.object() }, { indent = 2 }), '{\n  "a": [],\n  "b": {}\n}')
same(json.encode({ a = 1 }, nil), '{"a":1}')
same(json.encode({ a = 1 }, {}), '{"a":1}')

-- case: refuses options of the wrong kind
raises({ "json.encode", "indent" }, json.encode, {}, { indnt = 2 })
raises({ "json.encode", "indent" }, json.encode, {}, { indent = "wide" })
raises({ "json.encode" }, json.encode, {}, 2)

-- case: decodes
same(json.decode('{"a": [1, "two", true, false, {"b": []}]}'), { a = { 1, "two", true, false, { b = {} } } })
same(json.decode('"\\u00e9\\ud83d\\ude00\\n"'), "é😀\n")
same(json.decode(" \n[ ]\t"), {})
same({ json.decode("0"), json.decode("-0.5"), json.decode("1E3") }, { 0, -0.5, 1000.0 })
check(json.decode("null") == json.null or json.decode("null") == nil)

-- case: null inside is json.null
local t = json.decode('{"a": null, "b": [null, 1]}')
check(t.a == json.null and t.b[1] == json.null)
same(#t.b, 2)
check(json.null ~= nil and json.null ~= false)
check(json.null)

-- case: decode then encode is stable, empty arrays included
for _, text in ipairs({ '{"a":[],"b":{},"c":[1,2.5,null],"d":[[],{}]}', "[]", "{}", "[[]]", "[null]", '{"":{"":[]}}',
  '{"a":null,"b":[null,{"c":null}]}',
  "[9223372036854775807,-9223372036854775808,0.1,true]", '["\\u0000","\\""]' }) do
  same(json.encode(json.decode(text)), text)
  same(json.encode(json.decode(json.encode(json.decode(text), { indent = 2 }))), text)
end

-- case: refuses text that is no JSON, saying where
for _, text in ipairs({ "", " ", "{", "[1,]", "{'a': 1}", "nil", "NaN", "Infinity", "-", "01", "1 2", '"\n"', '"\\x"', "[1 2]", "tru", '{"a" 1}' }) do
  raises("json.decode", json.decode, text)
end
raises({ "json.decode", "line 2" }, json.decode, '{"a": 1,\n oops}')

-- case: refuses what is no text
raises({ "json.decode", "text", "nil" }, json.decode)
raises({ "json.decode", "text", "table" }, json.decode, {})
raises("json.decode", json.decode, "\"\xff\"")
raises("json.decode", json.decode, ("["):rep(100000))
raises("json.decode", json.decode, ("9"):rep(100000))
raises("json.decode", json.decode, "1e400")

-- case: errors name the path
local function row(value) return { rows = { {}, {}, { f = value } } } end
raises({ "json.encode", "$.rows[3].f", "function" }, json.encode, row(print))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row(0 / 0))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row(math.huge))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row(-math.huge))
raises({ "json.encode", "$.rows[3].f", "UTF-8", "artifact" }, json.encode, row("\xff\xfe"))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row(coroutine.create(print)))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row({ 1, 2, [9] = 3 }))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row({ 1, k = 2 }))
raises({ "json.encode", "$.rows[3].f" }, json.encode, row(io.stdout))
raises({ "json.encode", "$" }, json.encode, print)
raises({ "json.encode", '$["two words"]' }, json.encode, { ["two words"] = print })

-- case: refuses keys that are neither text nor 1 to n
raises("json.encode", json.encode, { [true] = 1 })
raises("json.encode", json.encode, { [0] = 1 })
raises("json.encode", json.encode, { [2] = 1 })
raises("json.encode", json.encode, { [1.5] = 1 })
raises("json.encode", json.encode, { [{}] = 1 })
raises("json.encode", json.encode, { ["\xff"] = 1 })

-- case: refuses cycles, not repetition
local t = { a = {} }
t.a.b = t
raises({ "json.encode", "$.a.b" }, json.encode, t)
local shared = { 1 }
same(json.encode({ shared, shared }), "[[1],[1]]")

-- case: refuses runaway nesting
local t = {}
for _ = 1, 10000 do t = { t } end
raises({ "json.encode", "nested too deeply" }, json.encode, t)

-- case: asks no metamethods
local t = setmetatable({ a = 1 }, { __index = error, __pairs = error, __len = error, __tostring = error })
same(json.encode(t), '{"a":1}')

-- case: holds large arrays
local t = {}
for i = 1, 20000 do t[i] = { id = i, name = "row " .. i } end
local back = json.decode(json.encode(t))
same({ #back, back[20000].name }, { 20000, "row 20000" })
