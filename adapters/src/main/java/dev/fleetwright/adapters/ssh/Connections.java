package dev.fleetwright.adapters.ssh;

import dev.fleetwright.adapters.ssh.PinnedKeys.Verdict;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.AttributeRepository;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.mac.BuiltinMacs;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/// Opens connections to hosts and keeps them a moment for the next step, so that a deploy costs one
/// handshake for each host.
///
/// Only what is modern is offered. Ciphers that the prefix truncation attack (CVE-2023-48795,
/// "Terrapin") needs are not among them, so a host that lacks strict key exchange is safe as well;
/// with one that has it, it is used. There are no passwords, no agent, no forwarding from the host
/// to us, no reading of `~/.ssh/config`.
final class Connections implements AutoCloseable {

  /// How long an unused connection is kept.
  static final Duration IDLE = Duration.ofSeconds(20);

  /// A dead host is noticed when two of these went unanswered: after 15 s at the latest.
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);

  private static final int UNANSWERED_HEARTBEATS = 2;

  /// RFC 4253, 4.2: the identification is at most 255 characters; lines before it have no limit
  /// there, so we set one for all.
  private static final int LARGEST_IDENTIFICATION = 16 << 10;

  /// RFC 4253, 6.1 demands 35 000; OpenSSH sends at most 256 KiB.
  private static final long LARGEST_PACKET = 1 << 20;

  private static final AttributeKey<Attempt> ATTEMPT = new AttributeKey<>();

  /// How a host is reached and known.
  record Access(Host host, String user, KeyPair key, PinnedKeys pinned, Duration within) {

    /// Connections that may stand in for one another: the same host, trusted for the same reason,
    /// and the same login.
    private Object pool() {
      return List.of(host.address(), host.port(), user, key.getPublic(), pinned.texts());
    }
  }

  /// What the verifier tells the one who connects.
  private static final class Attempt {
    private final Access access;
    private volatile @Nullable Verdict verdict;

    Attempt(Access access) {
      this.access = access;
    }
  }

  private record Idle(ClientSession session, long since) {}

  private final SshClient client;
  private final ScheduledExecutorService reaper;
  private final Map<Object, Deque<Idle>> idle = new HashMap<>();
  private final AtomicLong handshakes = new AtomicLong();
  private boolean closed;

  Connections() {
    client = client();
    client.start();
    reaper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("ssh-idle").factory());
    var _ = reaper.scheduleWithFixedDelay(() -> closeIdle(IDLE), 5, 5, TimeUnit.SECONDS);
  }

  private static SshClient client() {
    var client = SshClient.setUpDefaultClient();
    client.setKeyExchangeFactories(
        NamedFactory.setUpTransformedFactories(
            true,
            List.of(
                BuiltinDHFactories.curve25519,
                BuiltinDHFactories.curve25519_libssh,
                BuiltinDHFactories.ecdhp256,
                BuiltinDHFactories.ecdhp384,
                BuiltinDHFactories.ecdhp521,
                BuiltinDHFactories.dhg16_512,
                BuiltinDHFactories.dhg18_512,
                BuiltinDHFactories.dhg14_256),
            ClientBuilder.DH2KEX));
    client.setCipherFactories(
        List.of(
            BuiltinCiphers.aes128gcm,
            BuiltinCiphers.aes256gcm,
            BuiltinCiphers.aes128ctr,
            BuiltinCiphers.aes256ctr));
    client.setMacFactories(
        List.of(
            BuiltinMacs.hmacsha256etm,
            BuiltinMacs.hmacsha512etm,
            BuiltinMacs.hmacsha256,
            BuiltinMacs.hmacsha512));
    client.setCompressionFactories(List.of(BuiltinCompressions.none));
    client.setSignatureFactories(signatures());
    client.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
    client.setUserInteraction(UserInteraction.NONE);
    client.setServerKeyVerifier((session, _, key) -> {
      var attempt = session.getConnectionContext().getAttribute(ATTEMPT);
      var verdict = attempt.access.pinned().judge(attempt.access.host(), key);
      attempt.verdict = verdict;
      return verdict instanceof Verdict.Trusted;
    });
    client.addSessionListener(new AskForPinnedKey());
    CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, HEARTBEAT);
    CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, UNANSWERED_HEARTBEATS);
    CoreModuleProperties.MAX_IDENTIFICATION_SIZE.set(client, LARGEST_IDENTIFICATION);
    CoreModuleProperties.LIMIT_PACKET_SIZE.set(client, LARGEST_PACKET);
    CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
    CoreModuleProperties.AUTH_TIMEOUT.set(client, Duration.ofMinutes(2));
    CoreModuleProperties.CLIENT_IDENTIFICATION.set(client, "Fleetwright");
    return client;
  }

  private static List<NamedFactory<Signature>> signatures() {
    return List.of(
        BuiltinSignatures.ed25519,
        BuiltinSignatures.nistp256,
        BuiltinSignatures.nistp384,
        BuiltinSignatures.nistp521,
        BuiltinSignatures.rsaSHA512,
        BuiltinSignatures.rsaSHA256);
  }

  /// A host has keys of several types and shows the first that we ask for. One that is not pinned
  /// would be a stranger's, while the pinned one is there as well.
  private static final class AskForPinnedKey implements SessionListener {
    @Override
    public void sessionCreated(Session session) {
      if (session instanceof ClientSession ours && ours.getConnectionContext() != null) {
        var attempt = ours.getConnectionContext().getAttribute(ATTEMPT);
        if (attempt != null) {
          var types = attempt.access.pinned().types(attempt.access.host());
          var wanted = new ArrayList<>(signatures());
          wanted.sort((a, b) -> Boolean.compare(pinned(b, types), pinned(a, types)));
          session.setSignatureFactories(wanted);
        }
      }
    }

    private static boolean pinned(NamedResource signature, Set<String> types) {
      var type = signature.getName().startsWith("rsa-sha2-") ? "ssh-rsa" : signature.getName();
      return types.contains(type);
    }
  }

  /// A connection to a host: one that is still open from before, or a new one.
  ///
  /// @throws NotLetIn if the host's key is not pinned, or it does not accept ours
  /// @throws HostLost if it cannot be reached
  Connection open(Access access) throws IOException {
    var kept = takeIdle(access);
    if (kept.isPresent()) {
      return new Connection(this, access, kept.get());
    }
    return new Connection(this, access, connect(access));
  }

  /// How many connections were made so far.
  long handshakes() {
    return handshakes.get();
  }

  private ClientSession connect(Access access) throws IOException {
    var host = access.host();
    var attempt = new Attempt(access);
    ClientSession session = null;
    try {
      session =
          client
              .connect(
                  access.user(),
                  host.address(),
                  host.port(),
                  AttributeRepository.ofKeyValuePair(ATTEMPT, attempt),
                  null)
              .verify(access.within())
              .getSession();
      handshakes.incrementAndGet();
      session.addPublicKeyIdentity(access.key());
      session.auth().verify(access.within());
      return session;
    } catch (IOException | RuntimeException e) {
      var keyAccepted = attempt.verdict instanceof Verdict.Trusted;
      if (session != null) {
        session.close(true);
      }
      if (attempt.verdict instanceof Verdict.Distrusted(var reason)) {
        throw new NotLetIn(reason);
      }
      if (keyAccepted
          && String.valueOf(e.getMessage()).contains("No more authentication methods")) {
        throw new NotLetIn(
            host
                + " does not accept the key of "
                + access.user()
                + ": add its public half to ~/.ssh/authorized_keys of that login");
      }
      if (e instanceof UnknownHostException || e.getCause() instanceof UnknownHostException) {
        throw new HostLost(host + " cannot be found by that name", e);
      }
      throw new HostLost("connecting to " + host, e);
    }
  }

  private synchronized Optional<ClientSession> takeIdle(Access access) {
    var sessions = idle.get(access.pool());
    while (sessions != null && !sessions.isEmpty()) {
      var session = sessions.pop().session();
      if (session.isOpen() && !session.isClosing()) {
        return Optional.of(session);
      }
    }
    return Optional.empty();
  }

  /// Keep a connection for whoever asks next.
  void giveBack(Access access, ClientSession session) {
    synchronized (this) {
      if (!closed && session.isOpen() && !session.isClosing()) {
        idle.computeIfAbsent(access.pool(), _ -> new ArrayDeque<>())
            .push(new Idle(session, System.nanoTime()));
        return;
      }
    }
    session.close(true);
  }

  private void closeIdle(Duration olderThan) {
    var old = new ArrayList<ClientSession>();
    synchronized (this) {
      var now = System.nanoTime();
      for (var sessions : idle.values()) {
        sessions.removeIf(i -> {
          var tooOld = now - i.since() >= olderThan.toNanos() || !i.session().isOpen();
          if (tooOld) {
            old.add(i.session());
          }
          return tooOld;
        });
      }
      idle.values().removeIf(Deque::isEmpty);
    }
    old.forEach(s -> s.close(false));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    reaper.shutdownNow();
    closeIdle(Duration.ZERO);
    client.stop();
  }
}
