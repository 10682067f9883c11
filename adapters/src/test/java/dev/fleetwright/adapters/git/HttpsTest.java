package dev.fleetwright.adapters.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fleetwright.core.project.ProjectName;
import dev.fleetwright.testkit.GitOverHttps;
import dev.fleetwright.testkit.GitOverHttps.Mood;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/// Fetches from the real `git http-backend` behind a real TLS server.
@Isolated("makes the JVM trust a certificate")
class HttpsTest {

  private static final ProjectName SHOP = new ProjectName("shop");

  @TempDir Path temporary;
  private SSLSocketFactory usualTrust;
  private GitOverHttps host;
  private RealGit remote;
  private GitRepositories repositories;

  @BeforeEach
  void a_server() throws Exception {
    remote = RealGit.init(temporary.resolve("shop.git"));
    host = new GitOverHttps(temporary, "shop.git");
    usualTrust = HttpsURLConnection.getDefaultSSLSocketFactory();
    HttpsURLConnection.setDefaultSSLSocketFactory(host.trust().getSocketFactory());
    repositories = new GitRepositories(temporary.resolve("mirrors"), true);
  }

  @AfterEach
  void closing_time() {
    HttpsURLConnection.setDefaultSSLSocketFactory(usualTrust);
    host.close();
    repositories.close();
  }

  @Test
  void fetches_and_follows() throws IOException {
    var first = remote.write("a", "1").commit("first");
    remote.run("tag", "-a", "v1", "-m", "v1");
    assertThat(repositories.fetch(SHOP, url("/shop.git")))
        .containsEntry("refs/heads/main", first)
        .containsEntry("refs/tags/v1", first);
    assertThat(repositories.defaultBranch(SHOP)).contains("main");
    remote.run("commit", "-q", "--amend", "-m", "again");
    assertThat(repositories.fetch(SHOP, url("/shop.git")))
        .containsEntry("refs/heads/main", remote.head());
    assertThat(repositories.file(SHOP, remote.head(), "a", 10)).isPresent();
  }

  @Test
  void follows_a_redirect_on_the_same_host_and_none_to_another() throws IOException {
    var first = remote.commit("first");
    host.be(new Mood.Elsewhere(host.uri("")));
    assertThat(repositories.fetch(SHOP, url("/moved/shop.git")))
        .containsEntry("refs/heads/main", first);
    var before = host.asked().size();
    var port = host.uri("").getPort();
    // CVE-2026-41506, CVE-2021-32690
    host.be(new Mood.Elsewhere(URI.create("https://127.0.0.1:" + port)));
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/moved/shop.git")))
        .rootCause()
        .hasMessageContaining("another host");
    host.be(new Mood.Elsewhere(URI.create("http://localhost:" + port)));
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/moved/shop.git")))
        .isInstanceOf(IOException.class);
    assertThat(host.asked().subList(before, host.asked().size()))
        .allMatch(a -> a.path().startsWith("/moved/"));
  }

  @Test
  void a_server_on_this_machine_is_not_asked_when_that_is_not_allowed() throws IOException {
    remote.commit("first");
    try (var strict = new GitRepositories(temporary.resolve("strict"), false)) {
      assertThatThrownBy(() -> strict.fetch(SHOP, url("/shop.git")))
          .rootCause()
          .hasMessageContaining("no repository is fetched from");
    }
    assertThat(host.asked()).isEmpty();
  }

  @Test
  void a_certificate_that_nobody_vouches_for_is_refused() throws IOException {
    remote.commit("first");
    HttpsURLConnection.setDefaultSSLSocketFactory(usualTrust);
    assertThatThrownBy(() -> repositories.fetch(SHOP, url("/shop.git")))
        .isInstanceOf(IOException.class);
    assertThat(host.asked()).isEmpty();
  }

  private String url(String path) {
    return host.uri(path).toString();
  }
}
