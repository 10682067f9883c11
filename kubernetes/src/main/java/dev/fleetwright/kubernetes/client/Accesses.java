package dev.fleetwright.kubernetes.client;

import dev.fleetwright.core.secret.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How to get at an API server, from the three places where that is written: a kubeconfig, a token
/// with an address, or the pod that this server runs in.
///
/// Certificates are always checked. There is no setting that turns that off, and a kubeconfig that
/// says `insecure-skip-tls-verify` is refused.
public final class Accesses {

  /// Where Kubernetes puts a pod's own credentials.
  private static final Path IN_POD = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /// Tokens of pods are exchanged by the kubelet, hourly at the latest.
  private static final Duration TOKEN_READ_ANEW = Duration.ofMinutes(1);

  private Accesses() {}

  /// As a kubeconfig says: certificates, tokens, plugins that print one.
  ///
  /// @param context empty for the current one
  /// @throws IOException if it cannot be used; the message says why and what to do
  public static Access kubeconfig(Path file, Optional<String> context) throws IOException {
    if (!Files.isReadable(file)) {
      throw new IOException("the kubeconfig " + file + " is not there or cannot be read");
    }
    if (Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          "anybody may write to the kubeconfig "
              + file
              + ", which can name programs to run; chmod o-w it");
    }
    var config = read(file, context);
    var server = address(config.getMasterUrl(), file.toString());
    if (config.isTrustCerts()) {
      throw new IOException(
          "the kubeconfig "
              + file
              + " says insecure-skip-tls-verify; name the certificate authority instead");
    }
    try {
      return new Access(
          server,
          SSLUtils.sslContext(
              keys(config),
              SSLUtils.trustManagers(
                  config.getCaCertData(), config.getCaCertFile(), false, null, null)),
          new OfKubeconfig(file, context, config),
          Optional.ofNullable(config.getNamespace()));
    } catch (GeneralSecurityException | IllegalArgumentException | KubernetesClientException e) {
      throw new IOException("a certificate or key in the kubeconfig " + file + " is not usable", e);
    }
  }

  private static Config read(Path file, Optional<String> context) throws IOException {
    try {
      var config = Config.fromKubeconfig(context.orElse(null), file.toFile());
      var current = config.getCurrentContext();
      if (current == null || context.filter(c -> !c.equals(current.getName())).isPresent()) {
        throw new IOException(
            "the kubeconfig %s has no context `%s`".formatted(file, context.orElse("current")));
      }
      return config;
    } catch (KubernetesClientException | IllegalArgumentException e) {
      throw new IOException("the kubeconfig " + file + " cannot be read", e);
    }
  }

  /// An address, a file with a token, and a file with the certificate authority.
  ///
  /// @param authority empty for those that the JDK trusts
  /// @throws IOException if one of the files cannot be used
  public static Access token(String server, Path token, Optional<Path> authority)
      throws IOException {
    return new Access(
        address(server, "the target"), trusting(authority), new OfFile(token), Optional.empty());
  }

  /// The cluster that this server runs in, by its pod's service account.
  ///
  /// @throws IOException if it runs in none
  public static Access inCluster() throws IOException {
    var host = System.getenv("KUBERNETES_SERVICE_HOST");
    var port = System.getenv("KUBERNETES_SERVICE_PORT");
    if (host == null || port == null || !Files.exists(IN_POD.resolve("token"))) {
      throw new IOException(
          "this server runs in no pod with a service account; name a kubeconfig instead of `in_cluster`");
    }
    var name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new Access(
        URI.create("https://" + name + ":" + port),
        trusting(Optional.of(IN_POD.resolve("ca.crt"))),
        new OfFile(IN_POD.resolve("token")),
        Optional.of(Files.readString(IN_POD.resolve("namespace")).strip()));
  }

  private static KeyManager @Nullable [] keys(Config config)
      throws IOException, GeneralSecurityException {
    var certificate = bytes(config.getClientCertData(), config.getClientCertFile());
    var key = bytes(config.getClientKeyData(), config.getClientKeyFile());
    return certificate.isEmpty() || key.isEmpty()
        ? null
        : ClientKey.managers(certificate.get(), key.get());
  }

  private static Optional<byte[]> bytes(@Nullable String data, @Nullable String file)
      throws IOException {
    if (data != null && !data.isEmpty()) {
      return Optional.of(Base64.getMimeDecoder().decode(data));
    }
    return file == null || file.isEmpty()
        ? Optional.empty()
        : Optional.of(Files.readAllBytes(Path.of(file)));
  }

  private static SSLContext trusting(Optional<Path> authority) throws IOException {
    try {
      var file = authority.map(Path::toString).orElse(null);
      return authority.isEmpty()
          ? SSLContext.getDefault()
          : SSLUtils.sslContext(null, SSLUtils.trustManagers(null, file, false, null, null));
    } catch (GeneralSecurityException | KubernetesClientException e) {
      throw new IOException("the certificate authority " + authority + " is not usable", e);
    }
  }

  /// Without TLS a token would travel in clear; on this machine, as from `kubectl proxy`, nobody
  /// listens.
  private static URI address(@Nullable String text, String where) throws IOException {
    var address = URI.create(text == null ? "" : text.endsWith("/") ? chopped(text) : text);
    var scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    var host = address.getHost();
    if (host == null || !(scheme.equals("https") || (scheme.equals("http") && isHere(host)))) {
      throw new IOException("the API server of " + where + " has no https:// address");
    }
    return address;
  }

  private static String chopped(String text) {
    return text.substring(0, text.length() - 1);
  }

  private static boolean isHere(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException _) {
      return false;
    }
  }

  /// A kubeconfig is read anew when its token is not believed any more: by then another program has
  /// renewed it, or its plugin prints a new one.
  private static final class OfKubeconfig implements Credentials {
    private final Path file;
    private final Optional<String> context;
    private volatile Optional<Secret> authorization;

    OfKubeconfig(Path file, Optional<String> context, Config config) {
      this.file = file;
      this.context = context;
      this.authorization = of(config);
    }

    @Override
    public Optional<Secret> authorization() {
      return authorization;
    }

    @Override
    public void renew() throws IOException {
      authorization = of(read(file, context));
    }

    private static Optional<Secret> of(Config config) {
      var token = config.getOauthToken();
      if (token == null || token.isEmpty()) {
        token = config.getAutoOAuthToken();
      }
      if (token != null && !token.isEmpty()) {
        return Optional.of(Secret.of("Bearer " + token));
      }
      if (config.getUsername() != null && config.getPassword() != null) {
        var both = config.getUsername() + ":" + config.getPassword();
        return Optional.of(
            Secret.of(
                "Basic "
                    + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8))));
      }
      return Optional.empty();
    }
  }

  /// A file that somebody else keeps up to date.
  private static final class OfFile implements Credentials {
    private final Path file;
    private volatile @Nullable Secret known;
    private volatile long readAt;

    OfFile(Path file) {
      this.file = file;
    }

    @Override
    public Optional<Secret> authorization() throws IOException {
      var now = known;
      if (now == null || System.nanoTime() - readAt > TOKEN_READ_ANEW.toNanos()) {
        renew();
        now = known;
      }
      return Optional.ofNullable(now);
    }

    @Override
    public void renew() throws IOException {
      if (!Files.isReadable(file)) {
        throw new IOException("the token " + file + " is not there or cannot be read");
      }
      known = Secret.of("Bearer " + Files.readString(file).strip());
      readAt = System.nanoTime();
    }
  }
}
