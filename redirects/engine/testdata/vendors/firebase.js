// firebase.json in the folder, on the server of the Firebase emulator (superstatic).
import { readFileSync } from "node:fs";
import process from "node:process";
import { need } from "./serve.js";

const { server } = need("superstatic");
const { hosting } = JSON.parse(readFileSync("firebase.json", "utf8"));
const app = server({ config: { ...hosting, public: "none" }, hostname: "127.0.0.1", port: Number(process.argv[3]), compression: false });
app.use((request, response, next) => {
  try {
    decodeURI(request.url); // escapes that are not UTF-8 end the server
    next();
  } catch {
    response.statusCode = 404;
    response.end();
  }
});
app.listen();
