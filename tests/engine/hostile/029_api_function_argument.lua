-- expect: ok ; out=/rows.3..f: a function cannot be sent/
print(pcall(Session.create,{rows={1,2,{f=print}}}))
