-- expect: ok ; out=/not found/
print(pcall(require,"../../etc/passwd")) print(pcall(require,"..%2f")) print(pcall(require,("a."):rep(1000)))
