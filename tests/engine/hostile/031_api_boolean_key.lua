-- expect: ok ; out=/key must be/
print(pcall(Session.create,{[true]=1}))
