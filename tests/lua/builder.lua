-- Session.builder.

-- case: builds with every setter
local parent = Session.create()
local id = Session.builder():name("Built"):description("d"):tag("one"):tags({ "two", "three" }):metadata({ k = 1 })
  :parent(parent):build()
local session = Session.get(id)
same({ session.name, session.description, session.parent_session_id }, { "Built", "d", parent })
same({ session.tags, session.metadata }, { { "one", "two", "three" }, { k = 1 } })
check(type(id) == "string")

-- case: takes tables without parentheses
local id = Session.builder():tags{ "a", "b" }:metadata{ k = 1 }:build()
same({ Session.get(id).tags, Session.get(id).metadata }, { { "a", "b" }, { k = 1 } })

-- case: builds the same as create with nothing
same(Session.get(Session.builder():build()).name, "Untitled session")

-- case: each setter returns the builder
local builder = Session.builder()
for _, setter in ipairs({ "name", "description", "tag" }) do check(builder[setter](builder, "x") == builder) end
check(builder:tags({}) == builder and builder:metadata({}) == builder and builder:parent(nil) == builder)

-- case: builders share nothing
local one, two = Session.builder():tag("a"), Session.builder()
one:name("one")
local tags = { "x" }
local three = Session.builder():tags(tags):tag("y")
same({ Session.get(two:build()).name, Session.get(two:build()).tags }, { "Untitled session", {} })
same(tags, { "x" })
same(Session.get(three:build()).tags, { "x", "y" })

-- case: build checks as create does
raises({ "name", "1 to 255" }, function() Session.builder():name(""):build() return 1 end)
raises({ "name", "string", "1" }, function() Session.builder():name(1):build() return 1 end)
raises({ "tags[2]", "string", "2" }, function() Session.builder():tag("a"):tag(2):build() return 1 end)
raises({ "tags", "array" }, function() Session.builder():tags("a"):build() return 1 end)
raises({ "metadata", "table" }, function() Session.builder():metadata("a"):build() return 1 end)
raises('invalid session id: "abc"', function() Session.builder():parent("abc"):build() return 1 end)

-- case: a setter that does not exist is an error
raises("", function() Session.builder():colour("red") return 1 end)
