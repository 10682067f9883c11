package dev.fleetwright.server.runner;

import static dev.fleetwright.server.runner.RunnerDouble.JSON;
import static dev.fleetwright.server.runner.RunnerDouble.must;
import static dev.fleetwright.server.runner.RunnerDouble.mustBe;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.UnixStat;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// One job that a [RunnerDouble] has: each step of the stock runner by itself, and all in their
/// order.
public final class RunnerJob {

  private static final Set<String> STATUSES =
      Set.of("running", "pending", "canceling", "canceled", "failed", "success");
  private static final Pattern RANGE = Pattern.compile("0-(\\d+)");

  private final RunnerDouble runner;
  private final JsonNode payload;
  private final long id;
  private final String token;
  private final Path folder;
  private final Path project;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private long sent;
  private long resumedAt = -1;
  private boolean told;

  RunnerJob(RunnerDouble runner, JsonNode payload) {
    this.runner = runner;
    this.payload = payload;
    this.id = payload.path("id").asLong();
    this.token = payload.path("token").asText();
    this.folder = runner.builds.resolve(Long.toString(id));
    // As the runner takes it from the address.
    var path = java.net.URI.create(payload.at("/git_info/repo_url").asText()).getPath();
    this.project = folder.resolve(path.substring(1).replaceFirst("\\.git$", ""));
  }

  /// How a job ended at its runner.
  public enum Ended {
    SUCCESS,
    FAILED,
    /// The server said that it is to be dropped.
    ABORTED
  }

  public JsonNode payload() {
    return payload;
  }

  public long id() {
    return id;
  }

  public String token() {
    return token;
  }

  public String name() {
    return payload.at("/job_info/name").asText();
  }

  /// Where the runner was told to go on sending what the job prints; -1 when it never was.
  public long resumedAt() {
    return resumedAt;
  }

  /// The same job with another token, as somebody would try who has that.
  public RunnerJob as(String other) {
    var copy = ((ObjectNode) payload).deepCopy();
    copy.put("token", other);
    return new RunnerJob(runner, copy);
  }

  /// Everything that a stock runner does with a job.
  public Ended run() throws IOException, InterruptedException {
    Files.createDirectories(folder);
    if (!start()) {
      return Ended.ABORTED;
    }
    print("Running with gitlab-runner 18.4.0 (139a0ac0)\n");
    var failure = prepare();
    var exit = 0;
    if (failure.isEmpty()) {
      var step = payload.path("steps").get(0);
      must(step.path("name").asText().equals("script"), "the first step is the script");
      exit = script(step, payload.at("/runner_info/timeout").asLong());
      failure =
          switch (exit) {
            case 0 -> "";
            case TIMED_OUT -> "job_execution_timeout";
            case STOPPED -> "stopped";
            default -> "script_failure";
          };
    }
    var steps = payload.path("steps");
    if (steps.size() > 1) {
      var _ = script(steps.get(1), 300);
    }
    if (failure.equals("stopped")) {
      print("ERROR: Job failed: canceled\n");
      return end("failed", "unknown_failure", 1);
    }
    var uploaded = upload(failure.isEmpty());
    if (!uploaded && failure.isEmpty()) {
      failure = "runner_system_failure";
      exit = 1;
    }
    if (failure.isEmpty()) {
      print("Job succeeded\n");
      return end("success", "", 0);
    }
    print("ERROR: Job failed: exit status " + exit + "\n");
    return end("failed", failure, exit > 0 ? exit : 1);
  }

  private static final int TIMED_OUT = -1;
  private static final int STOPPED = -2;

  /// The first call after the job came.
  ///
  /// @return false when the server does not want it run
  public boolean start() throws IOException, InterruptedException {
    return touch();
  }

  /// What is sent at least every thirty seconds.
  ///
  /// @return false when the job is to be dropped
  public boolean touch() throws IOException, InterruptedException {
    var answer = update(Map.of("state", "running"));
    if (answer.statusCode() == 403 || answer.statusCode() == 404) {
      return false;
    }
    mustBe(answer, 200);
    return !dropped(answer);
  }

  private HttpResponse<String> update(Map<String, Object> what)
      throws IOException, InterruptedException {
    var body = new TreeMap<String, Object>(what);
    body.put("info", Map.of("name", "gitlab-runner", "version", "18.4.0"));
    body.put("token", token);
    return runner.send(
        HttpRequest.newBuilder(runner.api.resolve("jobs/" + id))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .header("JOB-TOKEN", token)
            .PUT(BodyPublishers.ofString(JSON.writeValueAsString(body))));
  }

  private boolean dropped(HttpResponse<String> answer) {
    var status = answer.headers().firstValue("Job-Status").orElse("");
    must(STATUSES.contains(status), "every answer about a job says Job-Status: `" + status + "`");
    told |= status.equals("canceling");
    return status.equals("canceled") || status.equals("failed");
  }

  /// Whether the server has told that the job was cancelled.
  public boolean isCancelled() {
    return told;
  }

  /// Print something, as the script does.
  public void print(String text) {
    printed.writeBytes(text.getBytes(UTF_8));
  }

  /// What was printed.
  public String printed() {
    return printed.toString(UTF_8);
  }

  /// Send what was printed and not sent yet, at most a megabyte at a time.
  ///
  /// @return false when the job is to be dropped
  public boolean sendTrace() throws IOException, InterruptedException {
    while (sent < printed.size()) {
      var all = printed.toByteArray();
      var to = (int) Math.min(all.length, sent + (1 << 20));
      var part = java.util.Arrays.copyOfRange(all, (int) sent, to);
      var answer = patch(sent, part);
      switch (answer.statusCode()) {
        case 202 -> {
          var range = RANGE.matcher(answer.headers().firstValue("Range").orElse(""));
          must(range.matches(), "202 says `Range: 0-size`");
          must(
              Long.parseLong(range.group(1)) == to,
              "the server has %s bytes, the runner sent %d".formatted(range.group(1), to));
          interval(answer);
          sent = to;
          if (dropped(answer)) {
            return false;
          }
        }
        case 416 -> {
          var range = RANGE.matcher(answer.headers().firstValue("Range").orElse(""));
          must(range.matches(), "416 says `Range: 0-size`");
          sent = Long.parseLong(range.group(1));
          resumedAt = sent;
          must(sent <= printed.size(), "the server has more than was printed");
        }
        case 403, 404 -> {
          return false;
        }
        default ->
            throw new AssertionError(
                "a runner would not take %d from trace: %s"
                    .formatted(answer.statusCode(), answer.body()));
      }
    }
    return true;
  }

  private static void interval(HttpResponse<String> answer) {
    var interval = answer.headers().firstValue("X-GitLab-Trace-Update-Interval").orElse("");
    must(interval.matches("\\d+"), "the interval is seconds: `" + interval + "`");
  }

  /// One part of the log, wherever it belongs.
  public HttpResponse<String> patch(long from, byte[] part)
      throws IOException, InterruptedException {
    return runner.send(
        HttpRequest.newBuilder(runner.api.resolve("jobs/" + id + "/trace?debug_trace=false"))
            .header("Content-Type", "text/plain")
            .header("JOB-TOKEN", token)
            .header("Content-Range", from + "-" + (from + part.length - 1))
            .method("PATCH", BodyPublishers.ofByteArray(part)));
  }

  /// Fetch the sources and what earlier jobs left.
  ///
  /// @return why that failed; empty when it did not
  private String prepare() throws IOException, InterruptedException {
    fetchSources();
    for (var dependency : payload.path("dependencies")) {
      var answer = download(dependency.path("id").asLong(), dependency.path("token").asText());
      if (answer.statusCode() != 200) {
        return "runner_system_failure";
      }
      unzip(answer.body());
    }
    return "";
  }

  /// With the real `git`, by the runner's commands.
  public void fetchSources() throws IOException, InterruptedException {
    var info = payload.path("git_info");
    Files.createDirectories(project);
    git("init", "-q", ".");
    git("remote", "add", "origin", info.path("repo_url").asText());
    var fetch = new ArrayList<>(List.of("fetch", "origin", "--no-recurse-submodules"));
    info.path("refspecs").forEach(spec -> fetch.add(spec.asText()));
    if (info.path("depth").asInt() > 0) {
      fetch.add("--depth");
      fetch.add(info.path("depth").asText());
    }
    fetch.addAll(List.of("--prune", "--quiet"));
    git(fetch.toArray(String[]::new));
    git("checkout", "-f", "-q", info.path("sha").asText());
  }

  /// Run git in the work tree.
  ///
  /// @return what it printed
  public String git(String... arguments) throws IOException, InterruptedException {
    var command = new ArrayList<>(List.of(runner.git.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true);
    builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    builder.environment().put("GIT_TERMINAL_PROMPT", "0");
    var process = builder.start();
    var said = new String(process.getInputStream().readAllBytes(), UTF_8);
    must(process.waitFor() == 0, String.join(" ", command) + ": " + said);
    return said;
  }

  /// Fetch what a job left.
  public HttpResponse<Path> download(long other, String withToken)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    return runner.download(
        HttpRequest.newBuilder(
                runner.api.resolve("jobs/" + other + "/artifacts?direct_download=true"))
            .header("JOB-TOKEN", withToken)
            .GET(),
        folder.resolve("dependency-" + other + ".zip"));
  }

  private void unzip(Path archive) throws IOException {
    try (var zip = ZipFile.builder().setPath(archive).get()) {
      for (var entry : java.util.Collections.list(zip.getEntries())) {
        var file = project.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        if (entry.isUnixSymlink()) {
          Files.createSymbolicLink(file, Path.of(zip.getUnixSymlink(entry)));
        } else {
          try (var in = zip.getInputStream(entry)) {
            Files.copy(in, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          }
          if ((entry.getUnixMode() & 0100) != 0) {
            var _ = file.toFile().setExecutable(true);
          }
        }
      }
    }
  }

  /// @return the exit code, or one of ours
  private int script(JsonNode step, long seconds) throws IOException, InterruptedException {
    var lines = new StringBuilder("set -eo pipefail\n");
    step.path("script").forEach(line -> lines.append(line.asText()).append('\n'));
    var file = Files.writeString(folder.resolve(step.path("name").asText() + ".sh"), lines);
    var output = folder.resolve(step.path("name").asText() + ".out");
    var builder =
        new ProcessBuilder("setsid", runner.bash.toString(), file.toAbsolutePath().toString())
            .directory(project.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment());
    var process = builder.start();
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    var read = 0L;
    var after = step.path("name").asText().equals("after_script");
    while (true) {
      var over = process.waitFor(50, TimeUnit.MILLISECONDS);
      read += copy(output, read);
      if (!sendTrace() || (told && !after && !over)) {
        kill(process);
        return STOPPED;
      } else if (over) {
        read += copy(output, read);
        return process.exitValue();
      } else if (System.nanoTime() > until) {
        kill(process);
        return TIMED_OUT;
      }
      if (!after) {
        // More often than a real one, so that tests need not wait.
        if (!touch()) {
          kill(process);
          return STOPPED;
        }
      }
    }
  }

  private static void kill(Process process) throws InterruptedException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  private long copy(Path output, long from) throws IOException {
    try (var in = Files.newInputStream(output)) {
      in.skipNBytes(from);
      var bytes = in.readAllBytes();
      print(masked(new String(bytes, UTF_8)));
      return bytes.length;
    }
  }

  private String masked(String text) {
    var result = text;
    for (var variable : payload.path("variables")) {
      if (variable.path("masked").asBoolean() && !variable.path("value").asText().isEmpty()) {
        result = result.replace(variable.path("value").asText(), "[MASKED]");
      }
    }
    return result;
  }

  /// The variables of the script.
  public Map<String, String> environment() throws IOException {
    var all = new TreeMap<String, String>();
    all.put("CI_PROJECT_DIR", project.toAbsolutePath().toString());
    all.put("CI_BUILDS_DIR", folder.toAbsolutePath().toString());
    for (var variable : payload.path("variables")) {
      all.put(variable.path("key").asText(), variable.path("value").asText());
    }
    var expanded = new TreeMap<>(all);
    for (var variable : payload.path("variables")) {
      var key = variable.path("key").asText();
      if (!variable.path("raw").asBoolean()) {
        expanded.put(key, expand(variable.path("value").asText(), all));
      }
      if (variable.path("file").asBoolean()) {
        var file = Files.writeString(folder.resolve(key), expanded.get(key));
        expanded.put(key, file.toString());
      }
    }
    return expanded;
  }

  private static String expand(String text, Map<String, String> known) {
    return Pattern.compile("\\$\\{?([A-Za-z_][A-Za-z0-9_]*)}?")
        .matcher(text)
        .replaceAll(
            m -> java.util.regex.Matcher.quoteReplacement(known.getOrDefault(m.group(1), "")));
  }

  /// Upload what the job keeps.
  ///
  /// @return false when the server did not take it
  private boolean upload(boolean succeeded) throws IOException, InterruptedException {
    for (var artifact : payload.path("artifacts")) {
      var wanted =
          switch (artifact.path("when").asText("on_success")) {
            case "on_failure" -> !succeeded;
            case "always" -> true;
            default -> succeeded;
          };
      if (!wanted) {
        continue;
      }
      var paths = found(artifact);
      if (paths.isEmpty()) {
        print("WARNING: no matching files\n");
        continue;
      }
      var format = artifact.path("artifact_format").asText();
      var file = folder.resolve("upload." + format);
      switch (format) {
        case "zip" -> zip(file, paths);
        case "gzip" -> gzip(file, paths);
        default -> throw new AssertionError("format " + format);
      }
      var answer = upload(artifact.path("artifact_type").asText(), format, file);
      if (answer.statusCode() != 201) {
        print("ERROR: Uploading artifacts as \"archive\": " + answer.statusCode() + "\n");
        return false;
      }
    }
    return true;
  }

  private List<Path> found(JsonNode artifact) throws IOException {
    var found = new ArrayList<Path>();
    for (var pattern : artifact.path("paths")) {
      var text = pattern.asText().replaceFirst("/$", "");
      try (var all = Files.walk(project)) {
        var matcher = project.getFileSystem().getPathMatcher("glob:" + text);
        all.filter(p -> !p.startsWith(project.resolve(".git")))
            .filter(p -> !Files.isDirectory(p, java.nio.file.LinkOption.NOFOLLOW_LINKS))
            .map(project::relativize)
            .filter(p -> matcher.matches(p) || p.startsWith(text))
            .forEach(found::add);
      }
    }
    return found;
  }

  private void zip(Path archive, List<Path> paths) throws IOException {
    try (var zip = new ZipArchiveOutputStream(archive)) {
      for (var path : paths) {
        var file = project.resolve(path);
        var entry = new ZipArchiveEntry(path.toString());
        var link = Files.isSymbolicLink(file);
        entry.setUnixMode(
            link
                ? UnixStat.LINK_FLAG | 0777
                : UnixStat.FILE_FLAG | (Files.isExecutable(file) ? 0755 : 0644));
        zip.putArchiveEntry(entry);
        zip.write(
            link
                ? Files.readSymbolicLink(file).toString().getBytes(UTF_8)
                : Files.readAllBytes(file));
        zip.closeArchiveEntry();
      }
    }
  }

  /// One member for each file, its path as the comment.
  private void gzip(Path archive, List<Path> paths) throws IOException {
    try (var out = Files.newOutputStream(archive)) {
      for (var path : paths) {
        var parameters = new GzipParameters();
        parameters.setFileName(path.getFileName().toString());
        parameters.setComment(path.toString());
        var member = new GzipCompressorOutputStream(out, parameters);
        member.write(Files.readAllBytes(project.resolve(path)));
        member.finish();
      }
    }
  }

  /// Upload one file.
  public HttpResponse<String> upload(String type, String format, Path file)
      throws IOException, InterruptedException {
    var boundary = "runner" + Long.toHexString(System.nanoTime());
    return runner.send(
        HttpRequest.newBuilder(
                runner.api.resolve(
                    "jobs/%d/artifacts?artifact_format=%s&artifact_type=%s&expire_in=1+week"
                        .formatted(id, format, type)))
            .header("JOB-TOKEN", token)
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(RunnerDouble.multipart(boundary, "artifacts." + format, file)));
  }

  /// The last call: what became of the job, repeated until the server has all of the log.
  public Ended end(String state, String reason, int exitCode)
      throws IOException, InterruptedException {
    for (var attempt = 0; attempt < 20; attempt++) {
      if (!sendTrace()) {
        return Ended.ABORTED;
      }
      var answer = ending(state, reason, exitCode);
      switch (answer.statusCode()) {
        case 200 -> {
          return state.equals("success") ? Ended.SUCCESS : Ended.FAILED;
        }
        case 202 -> Thread.sleep(100);
        case 412 -> {
          must(
              Optional.of(sent).filter(s -> s >= 0).isPresent(),
              "nothing was sent that could be resent");
          sent = 0;
        }
        case 403, 404 -> {
          return Ended.ABORTED;
        }
        default ->
            throw new AssertionError(
                "a runner would not take %d for an end: %s"
                    .formatted(answer.statusCode(), answer.body()));
      }
    }
    throw new AssertionError("the server never took the end of the job");
  }

  /// Tell the end once.
  public HttpResponse<String> ending(String state, String reason, int exitCode)
      throws IOException, InterruptedException {
    var crc = new CRC32();
    crc.update(printed.toByteArray());
    var checksum = "crc32:%08x".formatted(crc.getValue());
    var body = new TreeMap<String, Object>();
    body.put("state", state);
    body.put("failure_reason", reason);
    body.put("exit_code", exitCode);
    body.put("checksum", checksum);
    body.put("output", Map.of("checksum", checksum, "bytesize", printed.size()));
    return update(body);
  }

  /// Where the sources are.
  public Path project() {
    return project;
  }

  /// The names of the variables that came.
  public Stream<String> variables() {
    return payload.path("variables").findValuesAsText("key").stream();
  }
}
