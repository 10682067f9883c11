// POST /votes/tea votes for tea, GET / shows the table, GET /healthz says that all is well.
import { createServer } from "node:http";
import { Votes } from "./votes.mjs";

const votes = new Votes();

const server = createServer((request, response) => {
  const answer = (status, text) => response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
  if (request.url === "/healthz") {
    answer(200, "ok\n");
  } else if (request.method === "POST" && request.url.startsWith("/votes/")) {
    try {
      votes.add(request.url.slice("/votes/".length));
      answer(201, "counted\n");
    } catch (problem) {
      answer(400, `${problem.message}\n`);
    }
  } else if (request.url === "/") {
    const lines = votes.table().map(([subject, count]) => `${count} ${subject}`);
    answer(200, [process.env.GREETING ?? "Board", ...lines, ""].join("\n"));
  } else {
    answer(404, "there is nothing here\n");
  }
});

server.listen(Number(process.env.PORT), "127.0.0.1");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
