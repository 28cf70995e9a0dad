-- The four statuses and the ways between them.

-- case: every action from every status
local into = {
  active = function(id) end,
  suspended = function(id) Session.suspend(id) end,
  completed = function(id) Session.complete(id) end,
  failed = function(id) Session.fail(id) end,
}
local target = { suspend = "suspended", resume = "active", complete = "completed", fail = "failed" }
local allowed = {
  suspend = { active = true },
  resume = { suspended = true },
  complete = { active = true, suspended = true },
  fail = { active = true, suspended = true },
}
for status, reach in pairs(into) do
  for action, ends in pairs(target) do
    local id = Session.create()
    reach(id)
    same(Session.get(id).status, status)
    if allowed[action][status] then
      same(Session[action](id), nil)
      same(Session.get(id).status, ends)
    else
      local article = status == "active" and "an" or "a"
      raises(("Session.%s: cannot %s %s %s session"):format(action, action, article, status), Session[action], id)
      same(Session.get(id).status, status)
    end
  end
end

-- case: load brings every status to active and returns the id
for _, action in ipairs({ "suspend", "complete", "fail" }) do
  local id = Session.create()
  Session[action](id)
  same(Session.load(id), id)
  local session = Session.get(id)
  same({ session.status, session.ended_at }, { "active", nil })
end

-- case: load changes nothing on an active session
local id = Session.create()
local before = Session.get(id)
same(Session.load(id), id)
same(Session.get(id), before)

-- case: an end sets ended_at, a resume does not
local id = Session.create()
Session.suspend(id)
check(Session.get(id).ended_at == nil)
Session.resume(id)
check(Session.get(id).ended_at == nil)
Session.complete(id)
check(Session.get(id).ended_at)
local other = Session.create()
Session.fail(other)
check(Session.get(other).ended_at)

-- case: each change of status changes updated_at
local id = Session.create()
local before = Session.get(id).updated_at
Session.suspend(id)
check(Session.get(id).updated_at > before)

-- case: fail takes a reason
local id = Session.create()
Session.fail(id, "the source was empty")
same(Session.get(id).status, "failed")

-- case: fail refuses a reason that is no string
local id = Session.create()
raises({ "Session.fail: reason", "string", "42" }, Session.fail, id, 42)
raises({ "Session.fail: reason", "string", "table" }, Session.fail, id, {})
same(Session.get(id).status, "active")

-- case: refuses ids as Session.get does
for _, name in ipairs({ "suspend", "resume", "complete", "fail", "load", "save" }) do
  raises("Session." .. name .. ': invalid session id: "abc"', Session[name], "abc")
  local missing = "00000000-0000-7000-8000-000000000000"
  raises("Session." .. name .. ": session not found: " .. missing, Session[name], missing)
  raises({ "Session." .. name, "session id", "1" }, Session[name], 1)
end

-- case: a teammate may, a viewer may not, a stranger sees nothing
-- as: owner
return Session.create()
-- as: viewer
local id = json.decode(ARGS.given)
for _, name in ipairs({ "suspend", "resume", "complete", "fail", "load", "save" }) do
  raises({ "Session." .. name, "viewer" }, Session[name], id)
end
raises({ "Session.update", "viewer" }, Session.update, id, { name = "x" })
raises({ "Session.delete", "viewer" }, Session.delete, id)
return id
-- as: stranger
local id = json.decode(ARGS.given)
for _, name in ipairs({ "suspend", "resume", "complete", "fail", "load", "save", "delete" }) do
  raises("Session." .. name .. ": session not found: " .. id, Session[name], id)
end
raises("Session.update: session not found: " .. id, Session.update, id, { name = "x" })
return id
-- as: teammate
local id = json.decode(ARGS.given)
Session.suspend(id)
Session.resume(id)
Session.update(id, { name = "Ours" })
Session.complete(id)
same({ Session.get(id).name, Session.get(id).status }, { "Ours", "completed" })
