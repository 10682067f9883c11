package dev.fleetwright.pipeline.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fleetwright.core.pipeline.Aftermath;
import dev.fleetwright.core.pipeline.Aftermath.ReleaseSpec;
import dev.fleetwright.core.pipeline.JobSpec;
import dev.fleetwright.core.pipeline.JobSpec.ArtifactSpec;
import dev.fleetwright.core.pipeline.Trigger;
import dev.fleetwright.core.pipeline.Workplace;
import dev.fleetwright.core.pipeline.Workplace.Cache;
import dev.fleetwright.core.pipeline.Workplace.Foreign;
import dev.fleetwright.core.pipeline.Workplace.Image;
import dev.fleetwright.core.pipeline.Workplace.PullPolicy;
import dev.fleetwright.core.pipeline.Workplace.SecretRequest;
import dev.fleetwright.pipeline.source.MemoryTree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What executors and runners get of a job, keyword by keyword (contract 2a.10).
class JobModelTest {

  private static JobSpec job(String text) {
    var tree = new MemoryTree(Map.of(".gitlab-ci.yml", text));
    var file = PipelineReader.read(tree, ".gitlab-ci.yml");
    assertThat(file.problems()).allMatch(problem -> !problem.isError());
    var planned =
        new Planner(file.definition(), List.of(), Contexts.push("main"), tree, Set.of()).plan();
    assertThat(planned).isInstanceOf(PipelineGraph.class);
    return ((PipelineGraph) planned).jobs().getFirst();
  }

  private static Workplace workplace(String keywords) {
    return job("a: {script: x, " + keywords + "}\n").workplace();
  }

  @Test
  void an_image_is_a_name_or_all_of_its_options() {
    assertThat(workplace("image: $CI_PROJECT_NAME:1").image()).contains(Image.named("shop:1"));
    assertThat(
            workplace(
                    "image: {name: a, entrypoint: [\"\"], pull_policy: [if-not-present, always],"
                        + " docker: {platform: linux/arm64, user: app}, kubernetes: {user: 1000}}")
                .image())
        .contains(
            new Image(
                "a",
                List.of(""),
                List.of(PullPolicy.IF_NOT_PRESENT, PullPolicy.ALWAYS),
                Optional.of("linux/arm64"),
                Optional.of("app"),
                Optional.of("1000")));
  }

  @Test
  void a_service_has_the_names_of_its_image_and_its_aliases() {
    var services =
        workplace(
                "services: [registry.example:5000/group/db:17, {name: pg@sha256:00, alias: \"db,"
                    + " main\", command: [-c, x], variables: {A: $CI_PROJECT_NAME}}]")
            .services();

    assertThat(services.getFirst().hostNames())
        .containsExactly("registry.example__group__db", "registry.example-group-db");
    assertThat(services.getLast().hostNames()).containsExactly("pg", "db", "main");
    assertThat(services.getLast().command()).containsExactly("-c", "x");
    assertThat(services.getLast().variables()).containsEntry("A", "shop");
  }

  @Test
  void a_cache_is_one_or_several_with_a_key_of_text_or_of_files() {
    assertThat(workplace("cache: {paths: [a/]}").caches())
        .containsExactly(
            new Cache(
                new Cache.Key.Fixed("default"),
                List.of("a/"),
                false,
                false,
                Cache.Policy.PULL_PUSH,
                ArtifactSpec.Keep.ON_SUCCESS,
                List.of()));
    assertThat(
            workplace(
                    "variables: {P: pull}, cache: [{key: $CI_COMMIT_REF_SLUG, paths: [a], policy:"
                        + " $P, when: always, fallback_keys: [$CI_DEFAULT_BRANCH]}, {key: {files:"
                        + " [a.lock], prefix: p}, untracked: true, unprotect: true}, {key:"
                        + " {files_commits: [b]}, policy: push}]")
                .caches())
        .containsExactly(
            new Cache(
                new Cache.Key.Fixed("main"),
                List.of("a"),
                false,
                false,
                Cache.Policy.PULL,
                ArtifactSpec.Keep.ALWAYS,
                List.of("main")),
            new Cache(
                new Cache.Key.OfFiles(List.of("a.lock"), false, Optional.of("p")),
                List.of(),
                true,
                true,
                Cache.Policy.PULL_PUSH,
                ArtifactSpec.Keep.ON_SUCCESS,
                List.of()),
            new Cache(
                new Cache.Key.OfFiles(List.of("b"), true, Optional.empty()),
                List.of(),
                false,
                false,
                Cache.Policy.PUSH,
                ArtifactSpec.Keep.ON_SUCCESS,
                List.of()));
  }

  @Test
  void tokens_and_secrets_say_where_they_come_from() {
    var workplace =
        workplace(
            "id_tokens: {T: {aud: a}, U: {aud: [b, $CI_PROJECT_NAME]}}, secrets: {"
                + "A: {vault: production/db/password@ops, token: $T},"
                + "B: {vault: db/password, file: false},"
                + "C: {vault: {engine: {name: kv-v1, path: m}, path: p, field: f}},"
                + "D: {azure_key_vault: {name: n, version: v}},"
                + "E: {aws_secrets_manager: s}}");

    assertThat(workplace.idTokens())
        .isEqualTo(Map.of("T", List.of("a"), "U", List.of("b", "shop")));
    assertThat(workplace.secrets())
        .isEqualTo(
            Map.of(
                "A",
                secret(vault("kv-v2", "ops", "production/db", "password"), true, "$T"),
                "B",
                secret(vault("kv-v2", "kv-v2", "db", "password"), false, ""),
                "C",
                secret(vault("kv-v1", "m", "p", "f"), true, ""),
                "D",
                secret(other("azure_key_vault", Map.of("name", "n", "version", "v")), true, ""),
                "E",
                secret(other("aws_secrets_manager", Map.of("name", "s")), true, "")));
  }

  private static SecretRequest secret(SecretRequest.Provider from, boolean file, String token) {
    return new SecretRequest(
        from, file, Optional.of(token).filter(variable -> !variable.isEmpty()));
  }

  private static SecretRequest.Provider vault(
      String engine, String mount, String path, String field) {
    return new SecretRequest.Provider.Vault(engine, mount, path, field);
  }

  private static SecretRequest.Provider other(String kind, Map<String, String> settings) {
    return new SecretRequest.Provider.Other(kind, new TreeMap<>(settings));
  }

  @Test
  void needs_of_other_pipelines_are_apart_from_those_of_this_one() {
    var spec =
        job(
            """
            a:
              script: x
              hooks: {pre_get_sources_script: [one]}
              needs:
                - {project: group/lib, job: build, ref: $CI_COMMIT_BRANCH, artifacts: true}
                - {pipeline: $PARENT, job: make}
            """);

    assertThat(spec.needs()).contains(List.of());
    assertThat(spec.workplace().foreign())
        .containsExactly(
            new Foreign.OfProject("group/lib", "main", "build", true),
            new Foreign.OfPipeline("$PARENT", "make", true));
    assertThat(spec.workplace().beforeSources()).containsExactly("one");
  }

  @Test
  void a_job_that_only_follows_another_pipeline_needs_no_script() {
    assertThat(job("a: {needs: [{pipeline: group/other}]}\n").workplace().foreign())
        .containsExactly(new Foreign.Status("group/other"));
  }

  @Test
  void a_trigger_names_another_project_or_the_files_of_a_child() {
    assertThat(job("a: {trigger: group/$CI_PROJECT_NAME}\n").trigger())
        .contains(
            new Trigger(
                new Trigger.Downstream.OtherProject(
                    "group/shop", Optional.empty(), new TreeMap<>()),
                Trigger.Follow.START,
                true,
                false));
    assertThat(
            job("a: {trigger: {project: g/p, branch: next, strategy: depend, inputs: {n: [1]},"
                    + " forward: {yaml_variables: false, pipeline_variables: true}}}\n")
                .trigger())
        .contains(
            new Trigger(
                new Trigger.Downstream.OtherProject(
                    "g/p", Optional.of("next"), new TreeMap<>(Map.of("n", "[1]"))),
                Trigger.Follow.DEPEND,
                false,
                true));
    assertThat(
            job("a: {trigger: {include: [{local: /c.yml, inputs: {x: y}}, {artifact: m.yml, job:"
                    + " make}, {project: g/p, file: f.yml, ref: v1}], strategy: mirror}}\n")
                .trigger())
        .contains(
            new Trigger(
                new Trigger.Downstream.Child(
                    List.of(
                        new Trigger.Part(
                            new Trigger.Source.Local("c.yml"), new TreeMap<>(Map.of("x", "\"y\""))),
                        new Trigger.Part(
                            new Trigger.Source.Artifact("m.yml", "make"), new TreeMap<>()),
                        new Trigger.Part(
                            new Trigger.Source.OfProject("g/p", "f.yml", Optional.of("v1")),
                            new TreeMap<>()))),
                Trigger.Follow.MIRROR,
                true,
                false));
  }

  @Test
  void a_release_a_coverage_and_a_site_are_made_of_a_success() {
    var aftermath =
        job("""
        a:
          script: x
          coverage: /Total (\\d+)/
          release:
            tag_name: v-$CI_COMMIT_SHORT_SHA
            description: notes.md
            milestones: [m1]
            assets: {links: [{name: n, url: https://x/$CI_PROJECT_NAME}]}
          pages: {publish: site, path_prefix: $CI_COMMIT_REF_SLUG}
        """)
            .aftermath();

    assertThat(aftermath)
        .isEqualTo(
            new Aftermath(
                Optional.of(
                    new ReleaseSpec(
                        "v-1a2b3c4d",
                        "notes.md",
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of("m1"),
                        Optional.empty(),
                        List.of(
                            new ReleaseSpec.Link(
                                "n", "https://x/shop", Optional.empty(), "other")))),
                Optional.of("/Total (\\d+)/"),
                Optional.of(new Aftermath.Pages("site", "main", Optional.empty()))));
  }

  @Test
  void the_folder_of_a_site_is_kept_and_a_job_named_pages_makes_one() {
    var site = job("a: {script: x, pages: {publish: dist}}\n");
    var named = job("pages: {script: x, artifacts: {paths: [public]}}\n");
    var refused = job("pages: {script: x, pages: false, artifacts: {paths: [x]}}\n");

    assertThat(site.artifacts().getFirst().paths()).containsExactly("dist");
    assertThat(named.artifacts().getFirst().paths()).containsExactly("public");
    assertThat(named.aftermath().pages())
        .contains(new Aftermath.Pages("public", "", Optional.empty()));
    assertThat(refused.aftermath().pages()).isEmpty();
    assertThat(refused.artifacts().getFirst().paths()).containsExactly("x");
  }

  @Test
  void the_rest_of_an_environment_and_of_artifacts_is_kept() {
    var spec =
        job(
            """
            a:
              script: x
              when: manual
              manual_confirmation: Deploy $CI_COMMIT_BRANCH?
              environment:
                name: production
                kubernetes: {agent: g/p:main, dashboard: {namespace: $CI_PROJECT_NAME}}
              artifacts: {paths: [a.txt], public: false, expose_as: "the files"}
            """);

    assertThat(spec.confirmation()).contains("Deploy main?");
    assertThat(spec.environment().orElseThrow().cluster())
        .isEqualTo(Map.of("agent", "g/p:main", "dashboard.namespace", "shop"));
    assertThat(spec.artifacts().getFirst().access()).isEqualTo(ArtifactSpec.Access.DEVELOPER);
    assertThat(spec.artifacts().getFirst().exposeAs()).contains("the files");
  }

  @Test
  void rules_see_the_jobs_own_name_and_stage() {
    var names =
        Contexts.names(
            Contexts.file(
                """
                one: {stage: build, script: x, rules: [{if: $CI_JOB_STAGE == "build"}]}
                two: {script: x, rules: [{if: $CI_JOB_NAME == "one"}]}
                """),
            Contexts.push("main"));

    assertThat(names).containsExactly("one");
  }
}
