-- Session.*: each function is one call to the host, which knows the rules. docs/lua-api.md describes them.
local sandbox = ...
local call = sandbox.call
local type, ipairs, pairs, setmetatable = type, ipairs, pairs, setmetatable

local Session = {}

-- llmspell calls the metadata that a script gave `custom_metadata` in places: one table under both names.
local function shaped(session)
  session.custom_metadata = session.metadata
  return session
end

function Session.create(options) return call("Session.create", options) end
function Session.get(id) return shaped(call("Session.get", id)) end

function Session.list(filter)
  local sessions = call("Session.list", filter)
  for _, session in ipairs(sessions) do shaped(session) end
  return sessions
end

function Session.update(id, changes) return call("Session.update", id, changes) end
function Session.delete(id) return call("Session.delete", id) end
function Session.suspend(id) return call("Session.suspend", id) end
function Session.resume(id) return call("Session.resume", id) end
function Session.complete(id) return call("Session.complete", id) end
function Session.fail(id, reason) return call("Session.fail", id, reason) end
function Session.save(id) return call("Session.save", id) end
function Session.load(id) return call("Session.load", id) end
function Session.setCurrent(id) return call("Session.setCurrent", id) end
function Session.getCurrent() return call("Session.getCurrent") end

-- The builder collects what Session.create takes; the host checks it there.
local Builder = {}
Builder.__index = Builder

local function setter(key)
  return function(builder, value)
    builder.options[key] = value
    return builder
  end
end

Builder.name = setter("name")
Builder.description = setter("description")
Builder.metadata = setter("metadata")
Builder.parent = setter("parent_session_id")

local function add_tag(builder, tag)
  local options = builder.options
  if type(options.tags) ~= "table" then options.tags = {} end
  options.tags[#options.tags + 1] = tag
end

function Builder.tag(builder, tag)
  add_tag(builder, tag)
  return builder
end

function Builder.tags(builder, tags)
  if type(tags) ~= "table" then
    builder.options.tags = tags
  else
    for _, tag in ipairs(tags) do add_tag(builder, tag) end
  end
  return builder
end

function Builder.build(builder)
  local options = {}
  for key, value in pairs(builder.options) do options[key] = value end
  return call("Session.create", options)
end

function Session.builder() return setmetatable({ options = {} }, Builder) end

Session.set_current, Session.get_current = Session.setCurrent, Session.getCurrent
sandbox.define("Session", Session)
