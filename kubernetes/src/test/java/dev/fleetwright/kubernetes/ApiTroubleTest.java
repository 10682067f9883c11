package dev.fleetwright.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.artifact.Blobs;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.environment.EnvironmentSlug;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.core.target.ApplyId;
import dev.fleetwright.core.target.Component;
import dev.fleetwright.core.target.Order;
import dev.fleetwright.core.target.Outcome;
import dev.fleetwright.core.target.Outcome.Applied;
import dev.fleetwright.core.target.Outcome.Later;
import dev.fleetwright.core.target.Outcome.Refused;
import dev.fleetwright.core.target.Outcome.Unknown;
import dev.fleetwright.core.target.Place;
import dev.fleetwright.core.target.Preview;
import dev.fleetwright.core.target.Revision;
import dev.fleetwright.core.target.Settings;
import dev.fleetwright.core.target.Slice;
import dev.fleetwright.core.target.TargetBinding;
import dev.fleetwright.core.target.TargetUnreachable;
import dev.fleetwright.kubernetes.KubernetesTarget.Clusters;
import dev.fleetwright.kubernetes.SmallApiServer.Answer;
import dev.fleetwright.kubernetes.SmallApiServer.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a person reads when an API server makes trouble, and what the engine is told.
class ApiTroubleTest {

  private static final Place PLACE =
      new Place(new ProjectName("shop"), new EnvironmentSlug("production"), "cluster");

  @TempDir private Path folder = Path.of("");
  private final Blobs blobs = new InMemory();
  private final Clusters clusters = new Clusters();
  private long deploys;

  // Made before each test.
  @SuppressWarnings("NullAway.Init")
  private SmallApiServer api;

  @BeforeEach
  void start() throws IOException {
    api = new SmallApiServer();
    Files.writeString(folder.resolve("token"), "first");
  }

  @AfterEach
  void stop() {
    clusters.close();
    api.close();
  }

  private KubernetesTarget target(Map<String, String> more) {
    var settings = new TreeMap<String, String>();
    settings.put("server", api.address());
    settings.put("token", "file:" + folder.resolve("token"));
    settings.put("namespace", "shop");
    settings.putAll(more);
    return new KubernetesTarget(
        new TargetBinding("cluster", "kubernetes", Settings.of(settings)), blobs, clusters);
  }

  private KubernetesTarget target() {
    return target(Map.of());
  }

  private Revision revision(String... manifests) throws IOException {
    return new Revision(List.of(component(manifests)));
  }

  private Component component(String... manifests) throws IOException {
    return Manifests.component(
        "web",
        java.util.Arrays.stream(manifests).map(ClusterTest::object).toList(),
        Map.of(),
        blobs);
  }

  private static String map(String name, String value) {
    return "{ apiVersion: v1, kind: ConfigMap, metadata: { name: %s }, data: { key: %s } }"
        .formatted(name, value);
  }

  private Order order() {
    return new Order(new ApplyId(++deploys, 0, false), 7, _ -> {});
  }

  private Outcome apply(Revision revision) {
    return target().apply(order(), PLACE, revision, Slice.all());
  }

  private static Optional<Answer> when(boolean holds, Answer answer) {
    return holds ? Optional.of(answer) : Optional.empty();
  }

  private static boolean changes(Request request) {
    return request.is("PATCH", "/configmaps/settings") && !request.dryRun();
  }

  private String impossible(Answer answer, String manifest) throws IOException {
    api.trouble = r -> when(r.is("PATCH", "/settings"), answer);
    return target().preview(PLACE, revision(manifest)) instanceof Preview.Impossible(var reason)
        ? reason
        : "it is possible";
  }

  @Test
  void what_is_applied_is_there_and_a_second_time_costs_no_change() throws IOException {
    var revision = revision(map("settings", "one"));
    assertThat(apply(revision)).isInstanceOf(Applied.class);
    assertThat(api.object("/api/v1/namespaces/shop/configmaps/settings")).isPresent();
    assertThat(target().observe(PLACE).shows(revision, Slice.all())).isTrue();
    api.requests.clear();

    assertThat(apply(revision)).isInstanceOf(Applied.class);

    assertThat(api.requests).noneMatch(r -> r.is("PATCH", ""));
    assertThat(api.requests.stream().filter(r -> r.path().endsWith("/configmaps"))).hasSize(1);
  }

  @Test
  void an_unchanged_object_is_not_asked_for_while_planning() throws IOException {
    var revision = revision(map("settings", "one"), map("other", "two"));
    apply(revision);
    api.requests.clear();

    assertThat(target().preview(PLACE, revision)).isInstanceOf(Preview.Possible.class);

    assertThat(api.requests).noneMatch(r -> r.is("PATCH", ""));
  }

  @Test
  void a_right_that_is_missing_is_named_while_planning() throws IOException {
    assertThat(
            impossible(
                Answer.status(
                    403,
                    "Forbidden",
                    "configmaps \"settings\" is forbidden: User \"ci\" cannot patch resource \"configmaps\""),
                map("settings", "one")))
        .isEqualTo(
            "ConfigMap settings: configmaps \"settings\" is forbidden: User \"ci\" cannot patch resource \"configmaps\"; the target's account lacks this right, docs/guide/kubernetes.md has a role that suffices");
  }

  @Test
  void a_webhook_that_denies_is_quoted() throws IOException {
    assertThat(
            impossible(
                Answer.status(
                    403,
                    "Forbidden",
                    "admission webhook \"policy.example\" denied the request: no"),
                map("settings", "one")))
        .isEqualTo(
            "ConfigMap settings: admission webhook \"policy.example\" denied the request: no; the cluster's policy says no, so change the manifest or ask who keeps it");
  }

  @Test
  void a_quota_that_is_exceeded_says_what_to_do() throws IOException {
    assertThat(
            impossible(
                Answer.status(
                    403,
                    "Forbidden",
                    "configmaps \"settings\" is forbidden: exceeded quota: small"),
                map("settings", "one")))
        .endsWith("exceeded quota: small; ask for less, or have the namespace's quota raised");
  }

  @Test
  void a_conflict_names_the_other_manager_and_the_field() throws IOException {
    var conflict =
        """
        {"kind":"Status","reason":"Conflict","code":409,"message":"Apply failed","details":{"causes":[
          {"reason":"FieldManagerConflict","message":"conflict with \\"kubectl-edit\\" using v1","field":".data.key"}]}}
        """;
    assertThat(impossible(new Answer(409, conflict, Map.of(), -1), map("settings", "one")))
        .isEqualTo(
            "ConfigMap settings: kubectl-edit has data.key; take that out of the manifest, or take it over with `take_over: [kubectl-edit]` at the target");
  }

  @Test
  void another_environments_object_is_called_that() throws IOException {
    var conflict =
        """
        {"kind":"Status","reason":"Conflict","code":409,"message":"Apply failed","details":{"causes":[
          {"reason":"FieldManagerConflict","message":"conflict with \\"fleetwright-shop-staging-1\\"","field":".metadata.labels"}]}}
        """;
    assertThat(impossible(new Answer(409, conflict, Map.of(), -1), map("settings", "one")))
        .startsWith("ConfigMap settings: it belongs to another environment");
  }

  @Test
  void a_field_that_cannot_be_changed_says_how_to_replace_the_object() throws IOException {
    apply(revision(map("settings", "one")));

    assertThat(
            impossible(
                Answer.status(
                    422,
                    "Invalid",
                    "ConfigMap \"settings\" is invalid: data: field is immutable when `immutable` is set"),
                map("settings", "two")))
        .endsWith(
            "; to have it deleted and made anew, give it the annotation fleetwright.dev/replace: \"true\"");
  }

  @Test
  void what_is_said_of_a_secret_is_not_repeated() throws IOException {
    api.trouble =
        r ->
            when(
                r.is("PATCH", "/secrets/"),
                Answer.status(422, "Invalid", "Secret \"key\" is invalid: CANARY-1234"));
    var secret =
        "{ apiVersion: v1, kind: Secret, metadata: { name: key }, data: { value: Q0FOQVJZLTEyMzQ= } }";

    assertThat(target().preview(PLACE, revision(secret)))
        .isInstanceOfSatisfying(
            Preview.Impossible.class,
            i -> assertThat(i.reason()).contains("Secret key").doesNotContain("CANARY"));
    assertThat(apply(revision(secret)).toString()).doesNotContain("CANARY");
  }

  @Test
  void the_values_of_a_secret_are_not_in_the_plan() throws IOException {
    var secret =
        "{ apiVersion: v1, kind: Secret, metadata: { name: key }, data: { value: Q0FOQVJZLTEyMzQ= } }";

    assertThat(target().preview(PLACE, revision(secret)).toString())
        .contains("data.value: ***")
        .doesNotContain("Q0FOQVJZ");
  }

  @Test
  void a_kind_that_the_cluster_does_not_have_is_named() throws IOException {
    var preview =
        target()
            .preview(
                PLACE,
                revision("{ apiVersion: shop.example/v1, kind: Till, metadata: { name: one } }"));

    assertThat(preview)
        .isInstanceOfSatisfying(
            Preview.Impossible.class,
            i ->
                assertThat(i.reason())
                    .isEqualTo(
                        "component `web`: the cluster has no kind `Till` in `shop.example/v1`, which Till one is; install what brings it, or write another apiVersion"));
  }

  @Test
  void another_namespace_is_not_written_to_unless_the_target_allows_it() throws IOException {
    var elsewhere =
        revision(
            "{ apiVersion: v1, kind: ConfigMap, metadata: { name: settings, namespace: kube-system } }");

    assertThat(apply(elsewhere))
        .isInstanceOfSatisfying(
            Refused.class,
            r -> assertThat(r.reason()).contains("asks for namespace `kube-system`"));
    assertThat(api.requests).noneMatch(r -> r.is("PATCH", ""));
    assertThat(target(Map.of("cluster_wide", "true")).apply(order(), PLACE, elsewhere, Slice.all()))
        .isInstanceOf(Applied.class);
  }

  @Test
  void a_namespace_that_is_missing_is_named() throws IOException {
    assertThat(
            target(Map.of("namespace", "other")).preview(PLACE, revision(map("settings", "one"))))
        .isEqualTo(
            new Preview.Impossible(
                "namespace `other` is not there; make it, or give the target `create_namespace: true` in fleetwright.yml"));
  }

  @Test
  void a_token_that_has_run_out_is_read_anew_once() throws IOException {
    var revision = revision(map("settings", "one"));
    apply(revision);
    Files.writeString(folder.resolve("token"), "second");
    api.trouble =
        r ->
            when(
                !r.authorization().equals("Bearer second"),
                Answer.status(401, "Unauthorized", "Unauthorized"));

    assertThat(apply(revision)).isInstanceOf(Applied.class);
  }

  @Test
  void a_token_that_stays_wrong_says_what_to_renew() throws IOException {
    api.trouble = _ -> Optional.of(Answer.status(401, "Unauthorized", "Unauthorized"));

    assertThat(apply(revision(map("settings", "one"))))
        .isEqualTo(
            new Refused(
                "the API server does not accept our credentials any more; renew the token or certificate that the target names"));
    assertThatThrownBy(() -> target().observe(PLACE))
        .isInstanceOf(TargetUnreachable.class)
        .hasMessageContaining("does not accept our credentials");
  }

  @Test
  void too_many_requests_are_asked_again_after_the_time_that_the_server_names() throws IOException {
    var left = new AtomicInteger(2);
    api.trouble =
        r ->
            when(
                changes(r) && left.getAndDecrement() > 0,
                Answer.status(429, "TooManyRequests", "wait").with("Retry-After", "1"));

    assertThat(apply(revision(map("settings", "one")))).isInstanceOf(Applied.class);

    assertThat(api.requests.stream().filter(ApiTroubleTest::changes)).hasSize(3);
  }

  @Test
  void a_server_that_stays_overloaded_is_asked_later() throws IOException {
    api.trouble =
        _ ->
            Optional.of(
                Answer.status(429, "TooManyRequests", "please wait").with("Retry-After", "60"));

    assertThat(apply(revision(map("settings", "one"))))
        .isEqualTo(
            new Later("the API server has too much to do (please wait)", Duration.ofSeconds(60)));
  }

  @Test
  void a_server_that_fails_half_way_leaves_it_unknown() throws IOException {
    api.trouble =
        r -> when(changes(r), Answer.status(500, "InternalError", "etcdserver: request timed out"));

    assertThat(apply(revision(map("settings", "one"))))
        .isInstanceOfSatisfying(
            Unknown.class,
            u ->
                assertThat(u.cause())
                    .hasMessage(
                        "ConfigMap settings: the API server has failed (etcdserver: request timed out)"));
    api.trouble = _ -> Optional.empty();
    assertThat(apply(revision(map("settings", "one")))).isInstanceOf(Applied.class);
  }

  @Test
  void a_body_that_is_cut_off_leaves_it_unknown() throws IOException {
    api.trouble = r -> when(changes(r), new Answer(200, "{\"kind\":\"ConfigMap\"}", Map.of(), 5));

    assertThat(apply(revision(map("settings", "one"))))
        .isInstanceOfSatisfying(
            Unknown.class, u -> assertThat(u.cause()).hasMessageContaining("broke off its answer"));
  }

  @Test
  void a_page_of_a_proxy_is_no_object() throws IOException {
    api.trouble = r -> when(r.is("GET", "/configmaps"), new Answer(200, "<html>", Map.of(), -1));

    assertThatThrownBy(() -> target().observe(PLACE))
        .isInstanceOf(TargetUnreachable.class)
        .hasMessageContaining("answered with only a part of an object");
  }

  @Test
  void a_server_that_is_gone_is_named() throws IOException {
    api.close();

    assertThat(apply(revision(map("settings", "one"))))
        .isInstanceOfSatisfying(
            Later.class, l -> assertThat(l.reason()).endsWith("does not accept connections"));
  }

  @Test
  void what_is_refused_half_way_is_put_back() throws IOException {
    var first = revision(map("settings", "one"), map("other", "one"));
    apply(first);
    api.trouble =
        r ->
            when(
                r.is("PATCH", "/configmaps/other") && r.body().contains("two"),
                Answer.status(403, "Forbidden", "no"));

    assertThat(apply(revision(map("settings", "two"), map("other", "two"))))
        .isInstanceOf(Refused.class);

    assertThat(target().observe(PLACE).shows(first, Slice.all())).isTrue();
    assertThat(api.object("/api/v1/namespaces/shop/configmaps/settings"))
        .hasValueSatisfying(o -> assertThat(o.path("data").path("key").asText()).isEqualTo("one"));
  }

  @Test
  void a_server_that_lost_its_lease_stops_when_another_has_written_the_inventory()
      throws IOException {
    apply(revision(map("settings", "one")));
    var inventory =
        api.requests.stream()
            .filter(r -> r.is("PUT", "/configmaps/fleetwright-inventory"))
            .findFirst()
            .orElseThrow();
    assertThat(inventory.path()).contains("fleetwright-inventory-shop-production-");

    var answer =
        target()
            .apply(
                new Order(new ApplyId(99, 0, false), 6, _ -> {}),
                PLACE,
                revision(map("settings", "two")),
                Slice.all());

    assertThat(answer)
        .isEqualTo(new Refused("a newer order (token 7) was here before this one (token 6)"));
  }

  /// Blobs that are forgotten with the test.
  private static final class InMemory implements Blobs {
    private final Map<Digest, byte[]> kept = new ConcurrentHashMap<>();

    @Override
    public Digest put(InputStream content) throws IOException {
      var bytes = content.readAllBytes();
      var digest = Digest.of(bytes);
      kept.put(digest, bytes);
      return digest;
    }

    @Override
    public InputStream open(Digest digest) throws IOException {
      var bytes = kept.get(digest);
      if (bytes == null) {
        throw new java.io.FileNotFoundException(digest.brief());
      }
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public boolean drop(Digest digest, java.time.Instant since) {
      return kept.remove(digest) != null;
    }

    @Override
    public boolean has(Digest digest) {
      return kept.containsKey(digest);
    }
  }
}
