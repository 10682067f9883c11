package dev.fleetwright.api;

import com.fasterxml.jackson.core.type.TypeReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A server's REST API as methods.
///
/// Each blocks until the answer is there. The token travels in a header only, never in a URL, and
/// redirects are not followed, so it cannot reach another host.
///
/// Every method throws [RequestFailed] when the server says no and [ServerUnreachable] when none
/// answers. Requests that change something are sent once: after [ServerUnreachable] look before
/// asking again; [#deploy] with the same key may be repeated at will.
public final class FleetwrightClient implements AutoCloseable {

  private static final Duration CONNECT_WITHIN = Duration.ofSeconds(5);

  /// Longer than the server gives its targets to answer a preview or an observation.
  private static final Duration ANSWER_WITHIN = Duration.ofMinutes(2);

  /// A failure's body is small; of one that is not, no more than this is read.
  private static final int LARGEST_FAILURE = 1 << 20;

  private final URI server;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT_WITHIN)
          .build();

  /// @param server such as `http://127.0.0.1:8080`
  /// @param token as the server printed it
  public FleetwrightClient(URI server, String token) {
    var text = server.toString();
    this.server = text.endsWith("/") ? URI.create(text.substring(0, text.length() - 1)) : server;
    this.token = token;
  }

  /// Where the server is.
  public URI server() {
    return server;
  }

  /// Whether the server is ready for work; false also when none answers.
  public boolean ready() throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(at("/readyz")).timeout(CONNECT_WITHIN).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Whether there is a server at all, ready or not.
  public boolean answers() throws InterruptedException {
    try {
      var request = HttpRequest.newBuilder(at("/healthz")).timeout(CONNECT_WITHIN).build();
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /// Let the server stop in order; returns when it has begun to.
  public Drain drain(Drain.Wish wish) throws InterruptedException {
    return post("/api/v1/server/drain", wish, new TypeReference<>() {});
  }

  public Page<Project> projects(int page) throws InterruptedException {
    return get("/api/v1/projects" + paged(page), new TypeReference<>() {});
  }

  public Project project(String name) throws InterruptedException {
    return get("/api/v1/projects/" + segment(name), new TypeReference<>() {});
  }

  public Project.Added addProject(Project.Add wish) throws InterruptedException {
    return post("/api/v1/projects", wish, new TypeReference<>() {});
  }

  /// Fetch now and start pipelines for what moved.
  public Project.Synced sync(String project) throws InterruptedException {
    return post("/api/v1/projects/" + segment(project) + "/sync", new TypeReference<>() {});
  }

  /// Make a new secret for a project's webhook.
  public Project.RenewedSecret renewWebhookSecret(String project, Project.RenewSecret wish)
      throws InterruptedException {
    return post(
        "/api/v1/projects/" + segment(project) + "/webhook-secret", wish, new TypeReference<>() {});
  }

  public Lint.Answer lint(Lint files) throws InterruptedException {
    return post("/api/v1/lint", files, new TypeReference<>() {});
  }

  /// Newest first.
  public Page<Pipeline> pipelines(String project, int page) throws InterruptedException {
    return get(
        "/api/v1/projects/" + segment(project) + "/pipelines" + paged(page),
        new TypeReference<>() {});
  }

  public Pipeline runPipeline(String project, Pipeline.Run wish) throws InterruptedException {
    return post(
        "/api/v1/projects/" + segment(project) + "/pipelines", wish, new TypeReference<>() {});
  }

  public Pipeline pipeline(long id) throws InterruptedException {
    return get("/api/v1/pipelines/" + id, new TypeReference<>() {});
  }

  /// What its jobs report of their tests.
  public TestReport tests(long pipeline) throws InterruptedException {
    return get("/api/v1/pipelines/" + pipeline + "/tests", new TypeReference<>() {});
  }

  public Pipeline cancelPipeline(long id) throws InterruptedException {
    return post("/api/v1/pipelines/" + id + "/cancel", new TypeReference<>() {});
  }

  /// The newest attempt of each, in the order of the file.
  public List<Job> jobs(long pipeline) throws InterruptedException {
    Page<Job> page =
        get("/api/v1/pipelines/" + pipeline + "/jobs", new TypeReference<Page<Job>>() {});
    return page.items();
  }

  public Job job(long id) throws InterruptedException {
    return get("/api/v1/jobs/" + id, new TypeReference<>() {});
  }

  /// Build the commit of a pipeline again: a new pipeline and a new release.
  public Pipeline rebuildPipeline(long id) throws InterruptedException {
    return post("/api/v1/pipelines/" + id + "/rebuild", new TypeReference<>() {});
  }

  /// Run all jobs of a pipeline again that failed or were cancelled.
  public Pipeline retryPipeline(long id) throws InterruptedException {
    return post("/api/v1/pipelines/" + id + "/retry", new TypeReference<>() {});
  }

  /// A project's, oldest first.
  public List<Schedule> schedules(String project) throws InterruptedException {
    Page<Schedule> page =
        get(
            "/api/v1/projects/" + segment(project) + "/schedules",
            new TypeReference<Page<Schedule>>() {});
    return page.items();
  }

  public Schedule makeSchedule(String project, Schedule.Make wish) throws InterruptedException {
    return post(
        "/api/v1/projects/" + segment(project) + "/schedules", wish, new TypeReference<>() {});
  }

  /// Let a schedule start nothing.
  public Schedule pauseSchedule(long id) throws InterruptedException {
    return post("/api/v1/schedules/" + id + "/pause", new TypeReference<>() {});
  }

  /// Let a schedule start something again, from the next slot on.
  public Schedule resumeSchedule(long id) throws InterruptedException {
    return post("/api/v1/schedules/" + id + "/resume", new TypeReference<>() {});
  }

  /// Start a schedule's pipeline now.
  public Pipeline runSchedule(long id) throws InterruptedException {
    return post("/api/v1/schedules/" + id + "/run", new TypeReference<>() {});
  }

  public Schedule removeSchedule(long id) throws InterruptedException {
    return post("/api/v1/schedules/" + id + "/remove", new TypeReference<>() {});
  }

  /// The resource groups that jobs of a project have asked for so far.
  public List<ResourceGroup> resourceGroups(String project) throws InterruptedException {
    Page<ResourceGroup> page =
        get(
            "/api/v1/projects/" + segment(project) + "/resource-groups",
            new TypeReference<Page<ResourceGroup>>() {});
    return page.items();
  }

  /// Change whose turn it is in a resource group.
  public ResourceGroup orderResourceGroup(String project, String name, ResourceGroup.Order wish)
      throws InterruptedException {
    return post(
        "/api/v1/projects/" + segment(project) + "/resource-groups/" + segment(name),
        wish,
        new TypeReference<>() {});
  }

  /// Start a manual job.
  public Job playJob(long id, Job.Play wish) throws InterruptedException {
    return post("/api/v1/jobs/" + id + "/play", wish, new TypeReference<>() {});
  }

  /// Run a finished job again; the answer is the new attempt.
  public Job retryJob(long id) throws InterruptedException {
    return post("/api/v1/jobs/" + id + "/retry", new TypeReference<>() {});
  }

  public Job cancelJob(long id) throws InterruptedException {
    return post("/api/v1/jobs/" + id + "/cancel", new TypeReference<>() {});
  }

  /// What a job has printed so far, from a byte on.
  public LogChunk jobLog(long job, long from) throws InterruptedException {
    return log("/api/v1/jobs/" + job + "/log", from);
  }

  /// What a job prints, until it has ended.
  public EventStream<LogChunk> followJobLog(long job, long from) {
    return stream("/api/v1/jobs/" + job + "/log/stream", LogChunk.class, after(from));
  }

  /// Write all files that a job left into a zip file. One that is there is replaced, once all is
  /// here.
  public void saveArtifacts(long job, Path file) throws IOException, InterruptedException {
    save("/api/v1/jobs/" + job + "/artifacts/archive", file);
  }

  /// Write one file that a job left into a file. One that is there is replaced, once all is here.
  ///
  /// @param path as the job lists it
  public void saveArtifact(long job, String path, Path file)
      throws IOException, InterruptedException {
    save("/api/v1/jobs/" + job + "/artifacts/file?path=" + encoded(path), file);
  }

  /// Keep the files that a job left until its pipeline is removed.
  public Job keepArtifacts(long job) throws InterruptedException {
    return post("/api/v1/jobs/" + job + "/artifacts/keep", new TypeReference<>() {});
  }

  /// Newest first.
  public Page<Release> releases(String project, int page) throws InterruptedException {
    return get(
        "/api/v1/projects/" + segment(project) + "/releases" + paged(page),
        new TypeReference<>() {});
  }

  /// One release by its number in the project.
  public Release release(String project, long number) throws InterruptedException {
    return get(
        "/api/v1/projects/" + segment(project) + "/releases/" + number, new TypeReference<>() {});
  }

  /// The releases that an image is of, newest first.
  ///
  /// @param digest `sha256:…`
  public List<Image.Found> releasesWithImage(String digest) throws InterruptedException {
    Page<Image.Found> page =
        get("/api/v1/images/" + segment(digest), new TypeReference<Page<Image.Found>>() {});
    return page.items();
  }

  /// The images that run in an environment, and the commits that they were made from.
  public List<Image.Running> images(String project, String environment)
      throws InterruptedException {
    Page<Image.Running> page =
        get(
            environmentPath(project, environment) + "/images",
            new TypeReference<Page<Image.Running>>() {});
    return page.items();
  }

  /// Register what a tag means for ever.
  public Image.Tag registerImage(String project, Image.Register wish) throws InterruptedException {
    return post("/api/v1/projects/" + segment(project) + "/images", wish, new TypeReference<>() {});
  }

  public Release release(long id) throws InterruptedException {
    return get("/api/v1/releases/" + id, new TypeReference<>() {});
  }

  /// All of a project, by name; asked for part by part.
  public List<Environment> environments(String project) throws InterruptedException {
    var all = new ArrayList<Environment>();
    for (var number = 1; ; number++) {
      var part = environments(project, number);
      all.addAll(part.items());
      if (!part.more()) {
        return all;
      }
    }
  }

  /// A part of a project's, by name.
  public Page<Environment> environments(String project, int page) throws InterruptedException {
    return get(
        "/api/v1/projects/" + segment(project) + "/environments" + paged(page) + "&per_page=100",
        new TypeReference<>() {});
  }

  public Environment environment(String project, String name) throws InterruptedException {
    return get(environmentPath(project, name), new TypeReference<>() {});
  }

  /// Ask the targets what they really run.
  public Environment.Observation observe(String project, String name) throws InterruptedException {
    return get(environmentPath(project, name) + "/observation", new TypeReference<>() {});
  }

  /// The deploys that an environment can go back to, newest first, and why not to the others.
  ///
  /// @param ask whether to ask the targets and wait for them; else what is known
  public List<Environment.WayBack> waysBack(String project, String name, boolean ask)
      throws InterruptedException {
    Page<Environment.WayBack> page =
        get(
            environmentPath(project, name) + "/ways-back" + (ask ? "?check=live" : ""),
            new TypeReference<Page<Environment.WayBack>>() {});
    return page.items();
  }

  /// Which release each component of an environment came from; they differ after deploys of some
  /// components.
  public List<Environment.Version> versions(String project, String name)
      throws InterruptedException {
    Page<Environment.Version> page =
        get(
            environmentPath(project, name) + "/versions",
            new TypeReference<Page<Environment.Version>>() {});
    return page.items();
  }

  /// All environments that take nothing by themselves at the moment.
  public List<Environment.Held> holds() throws InterruptedException {
    Page<Environment.Held> page =
        get("/api/v1/holds", new TypeReference<Page<Environment.Held>>() {});
    return page.items();
  }

  /// Let an environment take nothing by itself until the hold is lifted.
  public Environment hold(String project, String name, Environment.SetHold wish)
      throws InterruptedException {
    return post(environmentPath(project, name) + "/hold", wish, new TypeReference<>() {});
  }

  /// Let an environment take again what it would have taken.
  public Environment liftHold(String project, String name) throws InterruptedException {
    return post(environmentPath(project, name) + "/hold/lift", new TypeReference<>() {});
  }

  /// Tell that an alarm fires or fires no more.
  public Environment alarm(String project, String name, Environment.SetAlarm wish)
      throws InterruptedException {
    return post(environmentPath(project, name) + "/alarms", wish, new TypeReference<>() {});
  }

  /// Take an environment down.
  public Deploy stop(String project, String name, Environment.Stop wish)
      throws InterruptedException {
    return post(environmentPath(project, name) + "/stop", wish, new TypeReference<>() {});
  }

  /// Go back to what an earlier deploy brought.
  public Deploy goBack(String project, String name, Environment.GoBack wish)
      throws InterruptedException {
    return post(environmentPath(project, name) + "/rollback", wish, new TypeReference<>() {});
  }

  /// Say something of a commit, such as that a scan of it succeeded.
  public Status report(String project, String sha, Status.Report report)
      throws InterruptedException {
    return post(
        "/api/v1/projects/" + segment(project) + "/commits/" + segment(sha) + "/statuses",
        report,
        new TypeReference<>() {});
  }

  /// What a deploy would do; nothing is stored.
  public Plan plan(Deploy.Request wish) throws InterruptedException {
    return post("/api/v1/plans", wish, new TypeReference<>() {});
  }

  /// Ask for a deploy.
  ///
  /// @param idempotencyKey repeating a request with the same key gives the first one's deploy
  public Deploy deploy(Deploy.Request wish, String idempotencyKey) throws InterruptedException {
    var request =
        to("/api/v1/deploys")
            .header("Idempotency-Key", idempotencyKey)
            .header("Content-Type", "application/json")
            .POST(body(wish))
            .build();
    return answer(request, new TypeReference<>() {});
  }

  /// Newest first.
  public Page<Deploy> deploys(String project, Optional<String> environment, int page)
      throws InterruptedException {
    return get(
        "/api/v1/deploys"
            + paged(page)
            + "&project="
            + encoded(project)
            + environment.map(e -> "&environment=" + encoded(e)).orElse(""),
        new TypeReference<>() {});
  }

  public Deploy.Detail deploy(long id) throws InterruptedException {
    return get("/api/v1/deploys/" + id, new TypeReference<>() {});
  }

  /// @param plan the hash of the plan that is agreed to
  public Deploy approve(long deploy, String plan) throws InterruptedException {
    return act(deploy, "approve", new Deploy.Approve(plan));
  }

  /// Open a gate, or close it again. Deciding the same twice is deciding once.
  ///
  /// @param gate its name, such as `freeze`
  public Deploy decideGate(long deploy, String gate, Deploy.DecideGate decision)
      throws InterruptedException {
    return act(deploy, "gates/" + encoded(gate), decision);
  }

  public Deploy reject(long deploy, Optional<String> reason) throws InterruptedException {
    return act(deploy, "reject", new Deploy.Because(reason));
  }

  /// Stop after the step under way; what was done stays.
  public Deploy cancel(long deploy) throws InterruptedException {
    return post("/api/v1/deploys/" + deploy + "/cancel", new TypeReference<>() {});
  }

  /// Stop after the step under way until somebody resumes.
  public Deploy pause(long deploy) throws InterruptedException {
    return post("/api/v1/deploys/" + deploy + "/pause", new TypeReference<>() {});
  }

  public Deploy resume(long deploy) throws InterruptedException {
    return post("/api/v1/deploys/" + deploy + "/resume", new TypeReference<>() {});
  }

  /// What a train would do; nothing is stored.
  public Train.Preview planTrain(Train.Request wish) throws InterruptedException {
    return post("/api/v1/trains/plans", wish, new TypeReference<>() {});
  }

  /// Ask for several deploys as one.
  ///
  /// @param idempotencyKey repeating a request with the same key gives the first one's train
  public Train startTrain(Train.Request wish, String idempotencyKey) throws InterruptedException {
    var request =
        to("/api/v1/trains")
            .header("Idempotency-Key", idempotencyKey)
            .header("Content-Type", "application/json")
            .POST(body(wish))
            .build();
    return answer(request, new TypeReference<>() {});
  }

  /// Newest first.
  public Page<Train> trains(int page) throws InterruptedException {
    return get("/api/v1/trains" + paged(page), new TypeReference<>() {});
  }

  public Train train(long id) throws InterruptedException {
    return get("/api/v1/trains/" + id, new TypeReference<>() {});
  }

  /// @param plan the hash of the train that is agreed to
  public Train approveTrain(long id, String plan) throws InterruptedException {
    return post(
        "/api/v1/trains/" + id + "/approve", new Train.Approve(plan), new TypeReference<>() {});
  }

  /// Call off what has not begun; what was done stays.
  public Train cancelTrain(long id) throws InterruptedException {
    return post("/api/v1/trains/" + id + "/cancel", new TypeReference<>() {});
  }

  /// Call off what has not begun, and take back what was done.
  public Train takeTrainBack(long id, Optional<String> reason) throws InterruptedException {
    return post(
        "/api/v1/trains/" + id + "/rollback", new Train.TakeBack(reason), new TypeReference<>() {});
  }

  /// Let a quarantined deploy be tried again.
  public Deploy liftQuarantine(long deploy, Optional<String> reason) throws InterruptedException {
    return act(deploy, "lift-quarantine", new Deploy.Because(reason));
  }

  /// Take back a deploy that is under way.
  public Deploy rollBack(long deploy, Optional<String> reason) throws InterruptedException {
    return act(deploy, "rollback", new Deploy.Because(reason));
  }

  /// Say what is known of a step in doubt that cannot be observed.
  public Deploy settle(long deploy, Deploy.Settle said) throws InterruptedException {
    return act(deploy, "settle", said);
  }

  /// What the steps of a deploy have told so far, from a byte on.
  public LogChunk deployLog(long deploy, long from) throws InterruptedException {
    return log("/api/v1/deploys/" + deploy + "/log", from);
  }

  /// What the steps of a deploy tell, until it has ended.
  public EventStream<LogChunk> followDeployLog(long deploy, long from) {
    return stream("/api/v1/deploys/" + deploy + "/log/stream", LogChunk.class, after(from));
  }

  /// Everything that moves from now on.
  public EventStream<FeedEvent> events(Watch watch) {
    return stream(eventsPath(watch), FeedEvent.class, Optional.empty());
  }

  /// Everything that moved after an event and moves.
  public EventStream<FeedEvent> events(Watch watch, long after) {
    return stream(eventsPath(watch), FeedEvent.class, Optional.of(Long.toString(after)));
  }

  /// Records of one stream, oldest first.
  ///
  /// @param from the first sequence number, from 1
  public Page<Ledger.Entry> ledger(String stream, long from) throws InterruptedException {
    return get(
        "/api/v1/ledger?stream=" + encoded(stream) + "&from=" + from, new TypeReference<>() {});
  }

  /// Check every chain of the ledger.
  public Ledger.Check checkLedger() throws InterruptedException {
    return get("/api/v1/ledger/check", new TypeReference<>() {});
  }

  public List<Token> tokens() throws InterruptedException {
    Page<Token> page = get("/api/v1/tokens", new TypeReference<Page<Token>>() {});
    return page.items();
  }

  /// All runners, oldest first.
  public List<Runner> runners() throws InterruptedException {
    Page<Runner> page = get("/api/v1/runners", new TypeReference<Page<Runner>>() {});
    return page.items();
  }

  /// Make a runner.
  public Runner.Made makeRunner(Runner.Make wish) throws InterruptedException {
    return post("/api/v1/runners", wish, new TypeReference<>() {});
  }

  /// Let a runner take no more jobs, or let it again.
  public Runner pauseRunner(long id, boolean paused) throws InterruptedException {
    return post(
        "/api/v1/runners/" + id + (paused ? "/pause" : "/resume"), new TypeReference<>() {});
  }

  /// Take a runner away.
  public Runner deleteRunner(long id) throws InterruptedException {
    return post("/api/v1/runners/" + id + "/delete", new TypeReference<>() {});
  }

  /// Take a token away.
  public Token revokeToken(long id) throws InterruptedException {
    return post("/api/v1/tokens/" + id + "/revoke", new TypeReference<>() {});
  }

  public Token.Made makeToken(Token.Make wish) throws InterruptedException {
    return post("/api/v1/tokens", wish, new TypeReference<>() {});
  }

  /// A link that signs a browser in as the owner of this client's token, once.
  public LoginLink loginLink() throws InterruptedException {
    return post("/api/v1/login-links", new TypeReference<>() {});
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private Deploy act(long deploy, String verb, Object wish) throws InterruptedException {
    return post("/api/v1/deploys/" + deploy + "/" + verb, wish, new TypeReference<>() {});
  }

  private LogChunk log(String path, long from) throws InterruptedException {
    var request = to(path + "?offset=" + from).timeout(ANSWER_WITHIN).build();
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() != 200) {
        throw failed(response.statusCode(), response.body());
      }
      var bytes = response.body();
      return new LogChunk(from, from + bytes.length, new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ServerUnreachable(request.method() + " " + request.uri(), e);
    }
  }

  /// @throws IOException if the file cannot be written
  private void save(String path, Path file) throws IOException, InterruptedException {
    var request = to(path).build();
    var folder = file.toAbsolutePath().getParent();
    var part = Files.createTempFile(folder, ".fleetwright-", ".part");
    try {
      HttpResponse<InputStream> response;
      try {
        response = http.send(request, BodyHandlers.ofInputStream());
      } catch (IOException e) {
        throw new ServerUnreachable(request.method() + " " + request.uri(), e);
      }
      try (var body = response.body()) {
        if (response.statusCode() != 200) {
          throw failed(response.statusCode(), body.readNBytes(LARGEST_FAILURE));
        }
        Files.copy(body, part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private <T> T get(String path, TypeReference<T> type) throws InterruptedException {
    return answer(to(path).timeout(ANSWER_WITHIN).build(), type);
  }

  private <T> T post(String path, TypeReference<T> type) throws InterruptedException {
    return answer(to(path).timeout(ANSWER_WITHIN).POST(BodyPublishers.noBody()).build(), type);
  }

  private <T> T post(String path, Object wish, TypeReference<T> type) throws InterruptedException {
    var request =
        to(path)
            .timeout(ANSWER_WITHIN)
            .header("Content-Type", "application/json")
            .POST(body(wish))
            .build();
    return answer(request, type);
  }

  private <T> T answer(HttpRequest request, TypeReference<T> type) throws InterruptedException {
    try {
      var response = http.send(request, BodyHandlers.ofByteArray());
      if (response.statusCode() >= 300) {
        throw failed(response.statusCode(), response.body());
      }
      return Json.lenient().readValue(response.body(), type);
    } catch (IOException e) {
      throw new ServerUnreachable(request.method() + " " + request.uri(), e);
    }
  }

  private <T> EventStream<T> stream(String path, Class<T> type, Optional<String> start) {
    return new EventStream<>(after -> open(path, after), type, start);
  }

  private InputStream open(String path, Optional<String> after)
      throws IOException, InterruptedException {
    var request = to(path).setHeader("Accept", "text/event-stream");
    after.ifPresent(id -> request.header("Last-Event-ID", id));
    HttpResponse<InputStream> response = http.send(request.build(), BodyHandlers.ofInputStream());
    if (response.statusCode() >= 500) {
      response.body().close();
      throw new IOException("the server answered " + response.statusCode());
    } else if (response.statusCode() != 200) {
      try (var body = response.body()) {
        throw failed(response.statusCode(), body.readNBytes(LARGEST_FAILURE));
      }
    }
    return response.body();
  }

  private static RequestFailed failed(int status, byte[] body) {
    try {
      return new RequestFailed(status, Json.lenient().readValue(body, Failure.Body.class).error());
    } catch (IOException | RuntimeException e) {
      // Not one of our answers: a proxy, or something else listens there.
      return new RequestFailed(
          status,
          new Failure(
              "not_fleetwright",
              Failure.Kind.USER,
              "the answer " + status + " did not come from a Fleetwright server",
              "check the address of the server",
              List.of(),
              ""));
    }
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(at(path))
        .header("Authorization", "Bearer " + token)
        .header("Accept", "application/json");
  }

  private URI at(String path) {
    return URI.create(server + path);
  }

  private static HttpRequest.BodyPublisher body(Object wish) {
    try {
      return BodyPublishers.ofByteArray(Json.strict().writeValueAsBytes(wish));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + wish.getClass().getSimpleName(), e);
    }
  }

  private static String environmentPath(String project, String name) {
    return "/api/v1/projects/" + segment(project) + "/environments/" + segment(name);
  }

  private static String eventsPath(Watch watch) {
    var path = new StringBuilder("/api/v1/events");
    watch.project().ifPresent(p -> parameter(path, "project", p));
    watch.environment().ifPresent(e -> parameter(path, "environment", e));
    watch.deploy().ifPresent(d -> parameter(path, "deploy", Long.toString(d)));
    return path.toString();
  }

  private static void parameter(StringBuilder path, String name, String value) {
    path.append(path.indexOf("?") < 0 ? '?' : '&').append(name).append('=').append(encoded(value));
  }

  private static Optional<String> after(long from) {
    return from == 0 ? Optional.empty() : Optional.of(Long.toString(from));
  }

  private static String paged(int page) {
    return "?page=" + page;
  }

  private static String segment(String value) {
    return encoded(value);
  }

  /// Also right in a path: `/` as `%2F`, a space as `%20`.
  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
