package dev.fleetwright.kubernetes.render;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.artifact.TreeEntry;
import dev.fleetwright.kubernetes.render.Rendering.Refused;
import dev.fleetwright.kubernetes.render.Rendering.Rendered;
import dev.fleetwright.kubernetes.render.Source.Helm;
import dev.fleetwright.kubernetes.render.Source.Kustomize;
import dev.fleetwright.testkit.DirectoryBlobs;
import dev.fleetwright.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// With the real programs, on files that people write and on files that attackers write.
class RendererTest {

  private static final Limits SMALL =
      new Limits(Duration.ofSeconds(4), 600L << 20, 1 << 20, 100, 1 << 20);

  @TempDir Path folder;
  private DirectoryBlobs blobs;
  private final Map<String, String> files = new TreeMap<>();
  private final List<TreeEntry> links = new ArrayList<>();

  @BeforeEach
  void store() throws IOException {
    blobs = new DirectoryBlobs(Files.createDirectory(folder.resolve("blobs")));
  }

  private List<TreeEntry> tree() throws IOException {
    var tree = new ArrayList<TreeEntry>(links);
    for (var file : files.entrySet()) {
      var bytes = file.getValue().getBytes(StandardCharsets.UTF_8);
      tree.add(new TreeEntry.File(file.getKey(), blobs.put(bytes), bytes.length, false));
    }
    return tree;
  }

  private Rendering render(Source source) throws IOException, InterruptedException {
    return new Renderer(SMALL, Confined::find).render(tree(), blobs, source);
  }

  private String rendered(Source source) throws IOException, InterruptedException {
    var rendering = render(source);
    assertThat(rendering).isInstanceOf(Rendered.class);
    return ((Rendered) rendering).yaml();
  }

  private String refused(Source source) throws IOException, InterruptedException {
    var rendering = render(source);
    assertThat(rendering).isInstanceOf(Refused.class);
    return ((Refused) rendering).why();
  }

  private static Helm chart(Map<String, String> set, String... values) {
    return new Helm("", List.of(values), set, "shop", "staging");
  }

  private void configMap(String file, String name) {
    files.put(
        file,
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\ndata: {a: b}\n".formatted(name));
  }

  private void aChart(String template) {
    files.put("Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n");
    files.put("values.yaml", "word: default\n");
    files.put("templates/object.yaml", template);
  }

  @Test
  void an_overlay_over_a_base() throws Exception {
    Needs.tool("kubectl");
    configMap("base/map.yaml", "settings");
    files.put("base/kustomization.yaml", "resources: [map.yaml]\n");
    files.put(
        "overlays/staging/kustomization.yaml",
        """
        resources: [../../base]
        namePrefix: staging-
        labels: [{pairs: {env: staging}}]
        configMapGenerator: [{name: extra, literals: [path=/healthz, url=https://example.org/x]}]
        patches:
          - target: {kind: ConfigMap, name: settings}
            patch: |
              - {op: replace, path: /data/a, value: c}
        """);
    assertThat(rendered(new Kustomize("overlays/staging")))
        .contains("name: staging-settings", "a: c", "env: staging", "name: staging-extra-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "resources: [../../../etc]  | leaves the folder",
        "resources: [/etc/passwd] | leaves the folder",
        "bases: [../../..] | leaves the folder",
        "components: [../../outside] | leaves the folder",
        "configMapGenerator: [{name: x, files: [passwd=../../../../../etc/passwd]}] | leaves the folder",
        "secretGenerator: [{name: x, envs: [/proc/self/environ]}] | leaves the folder",
        "patches: [{path: ../../patch.yaml}] | leaves the folder",
        "openapi: {path: /etc/hostname} | leaves the folder",
        "resources: ['https://example.org/all.yaml'] | nothing is fetched",
        "resources: ['github.com/example/repo//base?ref=v1'] | nothing is fetched",
        "resources: ['git@example.org:repo.git'] | nothing is fetched",
        "resources: ['git::ssh://x'] | nothing is fetched",
        "resources: ['file:///etc/passwd'] | nothing is fetched",
        "helmCharts: [{name: x, repo: 'https://example.org'}] | fetches charts"
      })
  void a_kustomization_names_only_what_is_in_the_tree(String line, String why) throws Exception {
    files.put("app/kustomization.yaml", line + "\n");
    assertThat(refused(new Kustomize("app")))
        .startsWith("app/kustomization.yaml line 1: ")
        .contains(why);
  }

  @Test
  void what_it_builds_upon_is_looked_at_and_all_mistakes_are_named() throws Exception {
    files.put("app/kustomization.yaml", "resources: [../base, ../../x]\n");
    files.put("base/kustomization.yml", "resources:\n- https://example.org/x\n");
    // Nobody asks for this one.
    files.put("other/kustomization.yml", "resources: [https://example.org/x]\n");
    assertThat(refused(new Kustomize("app")).lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("base/kustomization.yml line 2: "));
  }

  @Test
  void what_kustomize_says_is_told_without_our_folders() throws Exception {
    Needs.tool("kubectl");
    files.put("kustomization.yaml", "resources: [missing.yaml]\n");
    assertThat(refused(new Kustomize("")))
        .startsWith("kustomize: ")
        .contains("missing.yaml")
        .doesNotContain("fleetwright-render-");
  }

  @Test
  void a_link_inside_the_tree_is_followed_and_none_leads_out() throws Exception {
    Needs.tool("kubectl");
    configMap("real.yaml", "linked");
    links.add(new TreeEntry.Link("alias.yaml", "real.yaml"));
    files.put("kustomization.yaml", "resources: [alias.yaml]\n");
    assertThat(rendered(new Kustomize(""))).contains("name: linked");
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../..", "/etc", "a/../../b", "nowhere", "a\0b"})
  void a_folder_is_in_the_tree_or_refused(String name) throws Exception {
    configMap("a.yaml", "a");
    assertThat(refused(new Kustomize(name))).contains("there is no folder");
    assertThat(refused(new Helm(name, List.of(), Map.of(), "x", "y")))
        .contains("there is no folder");
  }

  @Test
  void a_bomb_of_aliases_is_refused() throws Exception {
    var bomb = new StringBuilder("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for (var i = 1; i < 12; i++) {
      bomb.append("a%1$d: &a%1$d [".formatted(i));
      bomb.append("*a%d,".formatted(i - 1).repeat(9)).append("x]\n");
    }
    files.put("kustomization.yaml", bomb + "resources: [bomb.yaml]\n");
    files.put("bomb.yaml", bomb + "kind: ConfigMap\napiVersion: v1\nmetadata: {name: bomb}\n");
    assertThat(render(new Kustomize(""))).isInstanceOf(Refused.class);
  }

  @Test
  void a_missing_program_is_named() throws Exception {
    configMap("a.yaml", "a");
    files.put("kustomization.yaml", "resources: [a.yaml]\n");
    aChart("{}");
    var none = new Renderer(SMALL, _ -> Optional.empty());
    assertThat(none.render(tree(), blobs, new Kustomize("")))
        .isEqualTo(
            new Refused(
                "kustomizations are rendered by `kustomize` or `kubectl`, and neither is on the server's PATH; install one of them there"));
    assertThat(none.render(tree(), blobs, chart(Map.of())))
        .isEqualTo(
            new Refused(
                "charts are rendered by `helm`, which is not on the server's PATH; install it there"));
  }

  @Test
  void more_files_than_anybody_has_are_not_even_written() throws Exception {
    for (var i = 0; i < 101; i++) {
      configMap("f%d.yaml".formatted(i), "a");
    }
    assertThat(refused(new Kustomize(""))).contains("101 files");
  }

  @Test
  void nothing_of_the_server_is_left_to_a_program() throws Exception {
    Needs.that(Confined.withoutNetwork(), "user namespaces");
    var script = folder.resolve("kubectl");
    Files.writeString(
        script,
        """
        #!/bin/sh
        env
        ls /sys/class/net 2>/dev/null | sed 's/^/net: /'
        for name in /proc/[0-9]*; do echo process; done
        getent hosts localhost >/dev/null; (exec 3<>/dev/tcp/127.0.0.1/22) 2>/dev/null && echo connected
        true
        """);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    configMap("a.yaml", "a");
    files.put("kustomization.yaml", "resources: [a.yaml]\n");
    var rendering =
        new Renderer(SMALL, it -> it.equals("kubectl") ? Optional.of(script) : Optional.empty())
            .render(tree(), blobs, new Kustomize(""));
    assertThat(rendering).isInstanceOf(Rendered.class);
    var seen = ((Rendered) rendering).yaml().lines().toList();
    assertThat(seen.stream().filter(line -> line.contains("=")).map(line -> line.split("=", 2)[0]))
        .isSubsetOf(
            "HOME",
            "TMPDIR",
            "PATH",
            "LANG",
            "KUBECONFIG",
            "GOMEMLIMIT",
            "GOMAXPROCS",
            "PWD",
            "_",
            "SHLVL",
            "OLDPWD");
    assertThat(seen).doesNotContain("connected");
  }

  @Test
  void a_program_that_never_ends_is_ended_with_its_children() throws Exception {
    var script = folder.resolve("kubectl");
    Files.writeString(script, "#!/bin/sh\nsleep 31.4159 & sleep 31.4159\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    files.put("kustomization.yaml", "{}\n");
    var quick = new Limits(Duration.ofSeconds(1), 1 << 30, 1 << 20, 10, 1 << 20);
    var rendering =
        new Renderer(quick, it -> it.equals("kubectl") ? Optional.of(script) : Optional.empty())
            .render(tree(), blobs, new Kustomize(""));
    assertThat(((Refused) rendering).why()).startsWith("kustomize took longer than 1 s");
    assertThat(
            ProcessHandle.allProcesses()
                .filter(it -> it.info().commandLine().orElse("").contains("31.4159"))
                .filter(ProcessHandle::isAlive)
                .map(it -> it.onExit().orTimeout(5, TimeUnit.SECONDS).isDone()))
        .allMatch(done -> done);
  }

  @Test
  void a_program_that_writes_for_ever_is_ended() throws Exception {
    var script = folder.resolve("kubectl");
    Files.writeString(script, "#!/bin/sh\nexec yes\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    files.put("kustomization.yaml", "{}\n");
    var rendering =
        new Renderer(SMALL, it -> it.equals("kubectl") ? Optional.of(script) : Optional.empty())
            .render(tree(), blobs, new Kustomize(""));
    assertThat(((Refused) rendering).why()).startsWith("kustomize wrote more than 1 MB");
  }

  @Test
  void a_chart_with_values_and_single_values() throws Exception {
    Needs.toolFromElsewhere("helm");
    aChart(
        """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: {{ .Release.Name }}, namespace: {{ .Release.Namespace }}}
        data: {word: {{ .Values.word | quote }}, other: {{ .Values.a.b | quote }}}
        """);
    files.put(
        "templates/tests/test.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: t, annotations: {helm.sh/hook: test}}\n");
    files.put(
        "templates/hook.yaml",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {name: h, annotations: {helm.sh/hook: pre-upgrade}}\n");
    files.put(
        "crds/thing.yaml",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: things.example.org}\n");
    files.put("staging.yaml", "word: of the file\na: {b: one}\n");
    assertThat(rendered(chart(Map.of("a.b", "x,y={z}\\"), "staging.yaml")))
        .contains(
            "name: shop", "namespace: staging", "word: \"of the file\"", "other: \"x,y={z}\\\\\"")
        .contains("kind: CustomResourceDefinition", "helm.sh/hook: pre-upgrade")
        .doesNotContain("helm.sh/hook: test");
  }

  @Test
  void a_chart_that_draws_a_password_is_refused_without_telling_it() throws Exception {
    Needs.toolFromElsewhere("helm");
    aChart(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData:\n  password: {{ randAlphaNum 20 }}\n");
    assertThat(refused(chart(Map.of())))
        .contains("renders differently each time", "(password)", "templates/object.yaml")
        .doesNotContainPattern("[A-Za-z0-9]{20,}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range until 1000000000 }}x{{ end }}",
        "{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}",
        "{{ define \"a\" }}{{ include \"a\" . }}{{ end }}{{ include \"a\" . }}",
        "{{ range until 3000000 }}a: bbbbbbbbbbbbbbbbb\n{{ end }}",
        "{{ .Files.Get \"../../../../etc/passwd\" | required \"no such file\" }}",
        "{{ repeat 2000000000 \"x\" }}"
      })
  void a_hostile_template_is_refused(String template) throws Exception {
    Needs.toolFromElsewhere("helm");
    aChart(template);
    var begun = System.nanoTime();
    assertThat(render(chart(Map.of()))).isInstanceOf(Refused.class);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void a_chart_cannot_look_into_a_cluster() throws Exception {
    Needs.toolFromElsewhere("helm");
    aChart(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {found: {{ lookup \"v1\" \"Secret\" \"\" \"\" | toJson | quote }}}\n");
    assertThat(rendered(chart(Map.of()))).contains("found: \"{}\"");
  }

  @Test
  void a_schema_refers_only_to_itself() throws Exception {
    aChart("{}");
    files.put("values.schema.json", "{\"$ref\": \"file:///etc/passwd\"}");
    assertThat(refused(chart(Map.of())))
        .isEqualTo(
            "values.schema.json refers to `file:///etc/passwd`, which is somewhere else; put it under `$defs` of the file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../values.yaml", "/etc/passwd", "none.yaml"})
  void values_are_files_of_the_tree(String values) throws Exception {
    aChart("{}");
    assertThat(refused(chart(Map.of(), values))).contains("there is no file `" + values + "`");
  }

  @Test
  void a_tree_says_by_itself_what_it_is() {
    assertThat(Source.in(List.of("a.yaml"), "r", "n")).isEmpty();
    assertThat(Source.in(List.of("a.yaml", "kustomization.yml"), "r", "n"))
        .contains(new Kustomize(""));
    assertThat(Source.in(List.of("sub/Chart.yaml"), "r", "n")).isEmpty();
    assertThat(Source.in(List.of("Chart.yaml"), "r", "n"))
        .contains(new Helm("", List.of(), Map.of(), "r", "n"));
  }
}
