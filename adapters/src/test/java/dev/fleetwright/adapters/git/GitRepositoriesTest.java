package dev.fleetwright.adapters.git;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.fleetwright.core.project.CommitSha;
import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.testkit.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitRepositoriesTest {

  private static final ProjectName SHOP = new ProjectName("shop");

  @TempDir Path temporary;
  private RealGit remote;
  private GitRepositories repositories;

  @BeforeEach
  void a_remote_and_no_mirror() {
    remote = RealGit.init(temporary.resolve("remote"));
    repositories = new GitRepositories(temporary.resolve("mirrors"), true);
  }

  @AfterEach
  void let_go() {
    repositories.close();
  }

  @Test
  void mirrors_branches_and_tags() throws IOException {
    var first = remote.write("a.txt", "1").commit("one");
    remote.run("tag", "light");
    remote.run("tag", "-a", "v1.0", "-m", "annotated");
    remote.run("branch", "review/fix-foo");

    assertThat(fetch())
        .containsOnly(
            entry("refs/heads/main", first),
            entry("refs/heads/review/fix-foo", first),
            entry("refs/tags/light", first),
            entry("refs/tags/v1.0", first));
    assertThat(repositories.references(SHOP)).isEqualTo(fetch());
    assertThat(repositories.defaultBranch(SHOP)).contains("main");
  }

  @Test
  void before_the_first_fetch_there_is_nothing() throws IOException {
    assertThat(repositories.references(SHOP)).isEmpty();
    assertThat(repositories.defaultBranch(SHOP)).isEmpty();
    assertThat(repositories.resolve(SHOP, "main")).isEmpty();
    assertThatThrownBy(() -> repositories.log(SHOP, new CommitSha("0".repeat(40)), 1))
        .hasMessageContaining("nothing was fetched yet");
  }

  @Test
  void an_empty_repository_has_no_branches_until_the_first_push() throws IOException {
    assertThat(fetch()).isEmpty();
    assertThat(repositories.defaultBranch(SHOP)).isEmpty();
    var first = remote.commit("first");
    assertThat(fetch()).containsEntry("refs/heads/main", first);
    assertThat(repositories.defaultBranch(SHOP)).contains("main");
  }

  @Test
  void follows_force_pushes_and_keeps_the_old_commit_readable() throws IOException {
    var old = remote.write("a.txt", "old").commit("old");
    fetch();
    remote.write("a.txt", "new").run("commit", "-q", "-a", "--amend", "-m", "new");
    remote.run("reflog", "expire", "--expire=now", "--all");
    remote.run("gc", "-q", "--prune=now");

    assertThat(fetch()).containsEntry("refs/heads/main", remote.head());
    assertThat(remote.head()).isNotEqualTo(old);
    assertThat(repositories.file(SHOP, old, "a.txt", 100)).hasValueSatisfying(text("old"));
    assertThat(repositories.resolve(SHOP, old.value())).contains(old);
  }

  @Test
  void drops_deleted_branches_and_lets_a_folder_take_the_place_of_one() throws IOException {
    var first = remote.commit("first");
    remote.run("branch", "topic");
    remote.run("tag", "gone");
    assertThat(fetch()).containsKeys("refs/heads/topic", "refs/tags/gone");

    remote.run("branch", "-D", "topic");
    remote.run("branch", "topic/part");
    remote.run("tag", "-d", "gone");
    assertThat(fetch()).containsOnlyKeys("refs/heads/main", "refs/heads/topic/part");
    assertThat(repositories.resolve(SHOP, "topic")).isEmpty();
    assertThat(repositories.resolve(SHOP, "topic/part")).contains(first);
  }

  @Test
  void follows_the_remotes_default_branch() throws IOException {
    remote.commit("first");
    fetch();
    remote.run("branch", "-m", "main", "trunk");
    fetch();
    assertThat(repositories.defaultBranch(SHOP)).contains("trunk");

    remote.run("checkout", "-q", "--detach");
    fetch();
    assertThat(repositories.defaultBranch(SHOP)).contains("trunk");
  }

  @Test
  void a_remote_that_cannot_be_read_leaves_the_mirror_as_it_was() throws IOException {
    remote.commit("first");
    var before = fetch();
    Files.move(remote.folder, temporary.resolve("away"));
    assertThatThrownBy(this::fetch).isInstanceOf(IOException.class);
    assertThat(repositories.references(SHOP)).isEqualTo(before);

    Files.createDirectories(remote.folder);
    assertThatThrownBy(this::fetch)
        .hasMessageContaining("fetching " + remote.folder + " for project shop");
    assertThat(repositories.references(SHOP)).isEqualTo(before);
  }

  @Test
  void a_mirror_that_somebody_deleted_is_made_again() throws IOException {
    var first = remote.write("a", "x").commit("first");
    fetch();
    deleteTree(temporary.resolve("mirrors"));
    assertThat(repositories.references(SHOP)).isEmpty();
    assertThat(fetch()).containsEntry("refs/heads/main", first);
    assertThat(repositories.file(SHOP, first, "a", 10)).isPresent();
  }

  @Test
  void resolves_branches_tags_and_commit_names() throws IOException {
    var first = remote.commit("first");
    remote.run("tag", "-a", "v1", "-m", "v1");
    var second = remote.commit("second");
    remote.run("tag", "file", remote.blob("no commit"));
    fetch();

    assertThat(repositories.resolve(SHOP, "main")).contains(second);
    assertThat(repositories.resolve(SHOP, "HEAD")).contains(second);
    assertThat(repositories.resolve(SHOP, "refs/heads/main")).contains(second);
    assertThat(repositories.resolve(SHOP, "v1")).contains(first);
    assertThat(repositories.resolve(SHOP, first.value())).contains(first);
    assertThat(repositories.resolve(SHOP, first.brief())).contains(first);
    assertThat(repositories.resolve(SHOP, first.value().substring(0, 7))).contains(first);
    assertThat(repositories.resolve(SHOP, first.value().substring(0, 3))).isEmpty();
    assertThat(repositories.resolve(SHOP, "file")).isEmpty();
    assertThat(repositories.resolve(SHOP, "0".repeat(40))).isEmpty();
    assertThat(repositories.references(SHOP)).doesNotContainKey("refs/tags/file");
  }

  @Test
  void an_abbreviation_of_two_commits_is_neither() throws IOException {
    // Everything in these is fixed, so their names are, too. Of 1000 commits some share their first
    // four digits: one expects 1000² / 2 / 65536 ≈ 8 pairs.
    var input = new StringBuilder();
    for (var i = 1; i <= 1000; i++) {
      input
          .append("commit refs/heads/many\ncommitter A <a@b> ")
          .append(1_700_000_000 + i)
          .append(" +0000\ndata 1\nx\n");
    }
    remote.feed(input.toString(), "fast-import", "--quiet");
    fetch();
    var starts =
        remote.run("log", "--format=%H", "many").lines().map(h -> h.substring(0, 4)).toList();
    var shared =
        starts.stream()
            .filter(h -> starts.indexOf(h) != starts.lastIndexOf(h))
            .findFirst()
            .orElseThrow();
    assertThat(repositories.resolve(SHOP, shared)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--upload-pack=touch /tmp/p",
        "--output=x",
        "-",
        "main~1",
        "main^{tree}",
        "main:a.txt",
        ":/first",
        "@{-1}",
        "main@{1}",
        "main\nx",
        "../../refs/heads/main",
        "refs/heads/../heads/main",
        "HEAD^",
        "",
        " ",
        "main.lock",
        "FETCH_HEAD",
        "config"
      })
  void what_is_no_plain_name_resolves_to_nothing(String reference) throws IOException {
    remote.commit("zero");
    remote.write("a.txt", "x").commit("first");
    fetch();
    assertThat(repositories.resolve(SHOP, reference)).isEmpty();
  }

  @Test
  void tells_of_commits() throws IOException {
    var first = remote.commit("Say it\n\nAnd why.");
    remote.run("checkout", "-q", "-b", "side");
    var side = remote.write("s", "s").commit("side");
    remote.run("checkout", "-q", "main");
    var main = remote.write("m", "m").commit("main");
    remote.run("merge", "-q", "--no-ff", "-m", "merge", "side");
    var merge = remote.head();
    fetch();

    assertThat(repositories.commit(SHOP, first))
        .hasValueSatisfying(c -> {
          assertThat(c.title()).isEqualTo("Say it");
          assertThat(c.message()).isEqualTo("Say it\n\nAnd why.\n");
          assertThat(c.authorName()).isEqualTo("Ada Lovelace");
          assertThat(c.authorEmail()).isEqualTo("ada@example.org");
          assertThat(c.parents()).isEmpty();
          assertThat(c.committedAt().getEpochSecond())
              .isEqualTo(Long.parseLong(remote.run("log", "-1", "--format=%ct", first.value())));
        });
    assertThat(repositories.commit(SHOP, merge))
        .hasValueSatisfying(c -> assertThat(c.parents()).containsExactly(main, side));
    assertThat(repositories.commit(SHOP, new CommitSha("1".repeat(40)))).isEmpty();
    assertThat(repositories.commit(SHOP, new CommitSha("1".repeat(64)))).isEmpty();
    assertThat(repositories.log(SHOP, merge, 10))
        .hasSize(4)
        .first()
        .extracting("sha")
        .isEqualTo(merge);
    assertThat(repositories.log(SHOP, merge, 2)).hasSize(2);
    assertThat(repositories.ahead(SHOP, first, merge)).isEqualTo(3);
    assertThat(repositories.ahead(SHOP, merge, first)).isZero();
    assertThat(repositories.changedPaths(SHOP, first, merge)).containsExactly("m", "s");
    assertThat(repositories.changedPaths(SHOP, main, merge)).containsExactly("s");
  }

  @Test
  void reads_regular_files_and_nothing_else() throws IOException {
    remote.write("dir/a.txt", "content").write("secret", "x");
    Files.createSymbolicLink(remote.folder.resolve("link"), Path.of("dir/a.txt"));
    var sha = remote.commit("files");
    fetch();

    assertThat(repositories.file(SHOP, sha, "dir/a.txt", 7)).hasValueSatisfying(text("content"));
    assertThatThrownBy(() -> repositories.file(SHOP, sha, "dir/a.txt", 6))
        .hasMessageContaining("has 7 bytes; at most 6 are read");
    for (var path :
        List.of(
            "dir",
            "link",
            "nope",
            "../secret",
            "dir/../secret",
            "/secret",
            "",
            "/",
            "a\0b",
            "./secret",
            "dir/a.txt/",
            "secret/x")) {
      assertThat(repositories.file(SHOP, sha, path, 100)).as(path).isEmpty();
    }
    assertThat(repositories.paths(SHOP, sha)).containsExactly("dir/a.txt", "link", "secret");
  }

  @Test
  void a_checked_out_commit_is_a_repository_that_git_works_in() throws IOException {
    remote.write("build.sh", "#!/bin/sh\n").write("deep/er/file", "x\r\n");
    remote.write(".gitattributes", "* text eol=crlf\n");
    assertThat(remote.folder.resolve("build.sh").toFile().setExecutable(true)).isTrue();
    Files.createSymbolicLink(remote.folder.resolve("deep/up"), Path.of("../build.sh"));
    remote.run("config", "core.autocrlf", "false");
    var first = remote.commit("first");
    remote.run("tag", "-a", "v1", "-m", "v1");
    remote.commit("second");
    remote.run("branch", "other");
    fetch();

    var folder = temporary.resolve("work/tree");
    repositories.checkOut(SHOP, first, "main", folder);

    var work = RealGit.at(folder);
    assertThat(work.head()).isEqualTo(first);
    assertThat(work.run("status", "--porcelain")).isEmpty();
    assertThat(work.run("describe", "--tags")).isEqualTo("v1");
    assertThat(work.run("branch", "-r")).isEqualTo("  origin/main\n  origin/other");
    assertThat(work.run("rev-parse", "--abbrev-ref", "HEAD")).isEqualTo("HEAD");
    assertThat(work.run("log", "--format=%s", "origin/main")).isEqualTo("second\nfirst");
    assertThat(work.run("remote", "get-url", "origin")).isEqualTo(remote.folder.toString());
    assertThat(work.run("fsck", "--strict")).doesNotContain("error");
    assertThat(Files.isExecutable(folder.resolve("build.sh"))).isTrue();
    assertThat(Files.isExecutable(folder.resolve("deep/er/file"))).isFalse();
    assertThat(folder.resolve("deep/up"))
        .isSymbolicLink()
        .hasSameTextualContentAs(folder.resolve("build.sh"));
    // The bytes of the repository, whatever .gitattributes says.
    assertThat(Files.readString(folder.resolve("build.sh"))).isEqualTo("#!/bin/sh\n");
    work.write("new", "x");
    assertThat(work.commit("a job may commit")).isNotEqualTo(first);
  }

  @Test
  void a_branch_that_is_gone_is_still_there_in_a_checkout_of_it() throws IOException {
    remote.commit("main");
    remote.run("checkout", "-q", "-b", "topic");
    var topic = remote.write("t", "t").commit("topic");
    fetch();
    remote.run("checkout", "-q", "main");
    remote.run("branch", "-D", "topic");
    fetch();
    var folder = temporary.resolve("work");
    repositories.checkOut(SHOP, topic, "topic", folder);
    assertThat(RealGit.at(folder).run("rev-parse", "origin/topic")).isEqualTo(topic.value());
  }

  @Test
  void a_checkout_needs_an_empty_folder_and_a_known_commit() throws IOException {
    var sha = remote.write("a", "x").commit("first");
    fetch();
    var folder = Files.createDirectories(temporary.resolve("full"));
    Files.writeString(folder.resolve("mine"), "mine");
    assertThatThrownBy(() -> repositories.checkOut(SHOP, sha, "main", folder))
        .rootCause()
        .hasMessageContaining("not empty");
    assertThatThrownBy(() ->
            repositories.checkOut(
                SHOP, new CommitSha("1".repeat(40)), "main", temporary.resolve("w")))
        .hasMessageContaining("commit 11111111 is not in the mirror of shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git",
        ".GIT",
        ".Git",
        "git~1",
        "GIT~1",
        ".git ",
        ".git.",
        ".git::$INDEX_ALLOCATION",
        ".g\u200cit",
        ".",
        ".."
      })
  void names_that_mean_dot_git_to_some_file_system_are_refused(String name) throws IOException {
    // CVE-2014-9390, CVE-2019-1352 and their kin: .git/config and hooks through an odd name.
    var blob = remote.blob("[core]\n\tfsmonitor = touch pwned\n");
    var sha =
        remote.commitTree(
            remote.tree(
                "040000 tree " + remote.tree("100644 blob " + blob + "\tconfig") + "\t" + name));
    fetch();
    assertRefused(sha, "refused");
  }

  @Test
  void links_out_of_the_tree_are_refused_and_nothing_is_written() throws IOException {
    // CVE-2022-24904, CVE-2026-44881
    var canary = Files.writeString(temporary.resolve("canary"), "untouched");
    for (var target : List.of("/etc/passwd", "../canary", "a/../../canary", "../../../etc")) {
      var sha = remote.commitTree(remote.tree("120000 blob " + remote.blob(target) + "\tescape"));
      fetch();
      assertRefused(sha, "leaves the repository");
    }
    assertThat(canary).hasContent("untouched");
  }

  @Test
  void nothing_is_written_through_a_link_of_the_same_name() throws IOException {
    var outside = Files.createDirectories(temporary.resolve("outside"));
    var inner = remote.tree("100644 blob " + remote.blob("pwned") + "\tfile");
    var sha =
        remote.commitTree(
            remote.tree(
                "120000 blob " + remote.blob("elsewhere") + "\tdir",
                "040000 tree " + inner + "\tdir"));
    fetch();
    assertRefused(sha, "is there twice");
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void submodules_are_empty_folders_and_never_fetched() throws IOException {
    // CVE-2024-32002, CVE-2025-48384; ext:: would run a command.
    var modules =
        "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c touch% "
            + temporary.resolve("pwned")
            + "\n";
    var sha =
        remote.commitTree(
            remote.tree(
                "100644 blob " + remote.blob(modules) + "\t.gitmodules",
                "160000 commit " + "1".repeat(40) + "\tx"));
    fetch();
    var folder = temporary.resolve("work");
    repositories.checkOut(SHOP, sha, "main", folder);
    assertThat(folder.resolve("x")).isEmptyDirectory();
    assertThat(RealGit.at(folder).run("status", "--porcelain")).isEmpty();
    assertThat(temporary.resolve("pwned")).doesNotExist();
    assertThat(repositories.paths(SHOP, sha)).containsExactly(".gitmodules");
  }

  @Test
  void nothing_that_a_repository_brings_along_is_run() throws IOException {
    var trace = temporary.resolve("pwned");
    remote
        .write(".gitattributes", "* filter=evil diff=evil merge=evil\n*.x filter=lfs\n")
        .write(".lfsconfig", "[lfs]\n\turl = https://evil.example/\n")
        .write("big.x", "version https://git-lfs.github.com/spec/v1\n");
    var sha = remote.commit("attributes");
    remote.run("config", "filter.evil.smudge", "touch " + trace);
    remote.run("config", "core.fsmonitor", "touch " + trace);
    remote.run("config", "core.sshCommand", "touch " + trace);
    remote.run("config", "uploadpack.packObjectsHook", "touch " + trace);
    for (var hook : List.of("post-checkout", "pre-upload-pack", "reference-transaction")) {
      var file = remote.folder.resolve(".git/hooks/" + hook);
      Files.createDirectories(file.getParent());
      Files.writeString(file, "#!/bin/sh\ntouch " + trace + "\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    fetch();
    repositories.checkOut(SHOP, sha, "main", temporary.resolve("work"));
    assertThat(temporary.resolve("work/big.x")).content().startsWith("version https://git-lfs");
    assertThat(trace).doesNotExist();
  }

  @Test
  void odd_but_harmless_names_survive() throws IOException {
    var names =
        List.of(
            "with space",
            "ünï/cödé",
            "-rf",
            "$(touch x)",
            "a;b",
            "quote'\"",
            "aux.c",
            "new\nline",
            "back\\slash",
            "A",
            "a",
            ".github/x",
            "git~2");
    for (var name : names) {
      remote.write(name, name);
    }
    var sha = remote.commit("names");
    fetch();
    var folder = temporary.resolve("work");
    repositories.checkOut(SHOP, sha, "main", folder);
    for (var name : names) {
      assertThat(folder.resolve(name)).hasContent(name);
      assertThat(repositories.file(SHOP, sha, name, 100)).hasValueSatisfying(text(name));
    }
    assertThat(RealGit.at(folder).run("status", "--porcelain")).isEmpty();
  }

  @Test
  void too_many_and_too_large_files_are_refused() throws IOException {
    var sha = remote.write("a", "x".repeat(2000)).write("b", "x").write("c", "x").commit("c");
    fetch();
    assertThatThrownBy(() -> limited(2, 10_000, 10_000, sha))
        .rootCause()
        .hasMessageContaining("more than 2 files");
    assertThatThrownBy(() -> limited(3, 1_999, 10_000, sha))
        .rootCause()
        .hasMessageContaining("`a` has 2,000 bytes; a file may have 1,999");
    assertThatThrownBy(() -> limited(3, 2_000, 2_000, sha))
        .rootCause()
        .hasMessageContaining("larger than 2,000 bytes together");
    limited(3, 2_000, 2_002, sha);
  }

  @Test
  void a_large_file_streams_through() throws IOException {
    var bytes = new byte[12 << 20];
    new Random(7).nextBytes(bytes);
    Files.write(remote.folder.resolve("huge"), bytes);
    var sha = remote.commit("huge");
    fetch();
    assertThatThrownBy(() -> repositories.file(SHOP, sha, "huge", 1 << 20))
        .hasMessageContaining("at most 1,048,576 are read");
    repositories.checkOut(SHOP, sha, "main", temporary.resolve("work"));
    assertThat(Files.mismatch(remote.folder.resolve("huge"), temporary.resolve("work/huge")))
        .isEqualTo(-1);
  }

  @Test
  void what_a_dead_fetch_left_behind_does_not_stop_the_next() throws IOException {
    remote.commit("first");
    fetch();
    var mirror = temporary.resolve("mirrors/shop.git");
    for (var leftover :
        List.of(
            "HEAD.lock",
            "packed-refs.lock",
            "config.lock",
            "refs/heads/main.lock",
            "refs/heads/new.lock",
            "objects/incoming_123.pack",
            "objects/pack/x.tmp")) {
      Files.createDirectories(mirror.resolve(leftover).getParent());
      Files.writeString(mirror.resolve(leftover), "half");
    }
    var second = remote.commit("second");
    remote.run("branch", "new");
    remote.run("branch", "-m", "main", "trunk");

    assertThat(fetch()).containsOnlyKeys("refs/heads/new", "refs/heads/trunk");
    assertThat(repositories.resolve(SHOP, "trunk")).contains(second);
    try (var left = Files.walk(mirror)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .noneMatch(n -> n.startsWith("incoming_") || n.endsWith(".tmp"))
          .filteredOn(n -> n.endsWith(".lock"))
          .containsExactly("fleetwright.lock");
    }
  }

  @Test
  void a_server_killed_in_the_middle_of_a_fetch_costs_nothing() throws Exception {
    var bytes = new byte[32 << 20];
    new Random(11).nextBytes(bytes);
    Files.write(remote.folder.resolve("noise"), bytes);
    remote.run("config", "core.compression", "0");
    var sha = remote.commit("much");
    var mirror = temporary.resolve("mirrors/shop.git");
    var server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                FetchingProcess.class.getName(),
                temporary.resolve("mirrors").toString(),
                remote.folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(temporary.resolve("server.log").toFile())
            .start();
    Eventually.within(
        Duration.ofSeconds(20),
        () -> "a pack was coming in: " + read(temporary.resolve("server.log")),
        () -> !incoming(mirror).isEmpty());
    server.destroyForcibly().waitFor();
    assertThat(incoming(mirror)).as("it died in the middle").isNotEmpty();
    assertThat(repositories.references(SHOP)).isEmpty();

    assertThat(fetch()).containsEntry("refs/heads/main", sha);
    assertThat(incoming(mirror)).isEmpty();
    repositories.checkOut(SHOP, sha, "main", temporary.resolve("work"));
    assertThat(Files.mismatch(remote.folder.resolve("noise"), temporary.resolve("work/noise")))
        .isEqualTo(-1);
  }

  @Test
  void a_shallow_clone_is_refused_with_what_to_do() throws IOException {
    remote.commit("first");
    remote.commit("second");
    var shallow = temporary.resolve("shallow");
    remote.run("clone", "-q", "--depth", "1", remote.folder.toUri().toString(), shallow.toString());
    assertThatThrownBy(() -> repositories.fetch(SHOP, shallow.toString()))
        .hasMessageContaining("git fetch --unshallow");
    RealGit.at(shallow).run("fetch", "-q", "--unshallow");
    assertThat(repositories.fetch(SHOP, shallow.toString())).containsKey("refs/heads/main");
  }

  @Test
  void settings_of_the_user_do_not_count() throws Exception {
    var sha = remote.commit("first");
    RealGit.init(temporary.resolve("evil")).commit("evil");
    var home = Files.createDirectories(temporary.resolve("home"));
    Files.writeString(
        home.resolve(".gitconfig"),
        "[url \"%s\"]\n\tinsteadOf = %s\n".formatted(temporary.resolve("evil"), remote.folder));
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Duser.home=" + home,
            "-cp",
            System.getProperty("java.class.path"),
            FetchingProcess.class.getName(),
            temporary.resolve("mirrors").toString(),
            remote.folder.toString());
    builder.environment().put("HOME", home.toString());
    builder.environment().put("GIT_DIR", temporary.resolve("evil/.git").toString());
    assertThat(builder.inheritIO().start().waitFor()).isZero();
    assertThat(repositories.resolve(SHOP, "main")).contains(sha);
    try (var files = Files.list(home)) {
      assertThat(files.map(p -> p.getFileName().toString())).containsExactly(".gitconfig");
    }
  }

  private java.util.SortedMap<String, CommitSha> fetch() throws IOException {
    return repositories.fetch(SHOP, remote.folder.toString());
  }

  private void limited(int files, long fileBytes, long treeBytes, CommitSha sha)
      throws IOException {
    var limits = new WorkTree.Limits(files, fileBytes, treeBytes);
    try (var small = new GitRepositories(temporary.resolve("mirrors"), true, limits)) {
      var folder = Files.createTempDirectory(temporary, "work");
      small.checkOut(SHOP, sha, "main", folder);
    }
  }

  private void assertRefused(CommitSha sha, String because) throws IOException {
    var folder = Files.createTempDirectory(temporary, "refused");
    assertThatThrownBy(() -> repositories.checkOut(SHOP, sha, "main", folder))
        .isInstanceOf(IOException.class)
        .satisfies(e -> assertThat(e.toString() + e.getCause()).contains(because));
    try (var files = Files.walk(folder)) {
      assertThat(files.filter(f -> Files.isSymbolicLink(f))).isEmpty();
    }
    assertThat(Files.exists(folder.resolve("escape"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  private static List<Path> incoming(Path mirror) {
    try (var files = Files.list(mirror.resolve("objects"))) {
      return files.filter(f -> f.getFileName().toString().startsWith("incoming_")).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(folder)) {
      deepestFirst = files.sorted(java.util.Comparator.reverseOrder()).toList();
    }
    for (var file : deepestFirst) {
      Files.delete(file);
    }
  }

  private static java.util.function.Consumer<byte[]> text(String expected) {
    return bytes -> assertThat(new String(bytes, UTF_8)).isEqualTo(expected);
  }
}
