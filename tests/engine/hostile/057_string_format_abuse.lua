-- expect: ok ; out=/false/
print(pcall(string.format,"%")) print(pcall(string.format,"%99.99f",1)) print(pcall(string.format,("%s"):rep(300),1)) print(pcall(string.format,"%q",{}))
