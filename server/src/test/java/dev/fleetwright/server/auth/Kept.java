package dev.fleetwright.server.auth;

import dev.fleetwright.core.access.Actor;
import dev.fleetwright.core.access.Sessions;
import dev.fleetwright.core.access.Tokens;
import dev.fleetwright.core.artifact.Digest;
import dev.fleetwright.core.secret.SealedValues;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// The ports of this package, in memory, and a clock to turn.
final class Kept extends Clock implements Tokens, Sessions, SealedValues {

  final Map<Digest, Token> tokens = new HashMap<>();
  final Map<Digest, Session> sessions = new HashMap<>();
  final Map<Name, byte[]> sealed = new HashMap<>();
  int lookups;
  private Instant now = Instant.parse("2026-11-01T12:00:00Z");

  void pass(Duration time) {
    now = now.plus(time);
  }

  @Override
  public Token add(String name, Digest hash, Actor by, Instant at) {
    var token = new Token(tokens.size() + 1, name, at, Optional.empty());
    tokens.put(hash, token);
    return token;
  }

  @Override
  public Optional<Token> find(Digest hash, Instant now) {
    lookups++;
    return Optional.ofNullable(tokens.get(hash));
  }

  @Override
  public List<Token> all() {
    return new ArrayList<>(tokens.values());
  }

  @Override
  public void add(Session session, Instant idleSince, Instant oldest) {
    sessions.put(session.id(), session);
  }

  @Override
  public Optional<Session> find(Digest id) {
    return Optional.ofNullable(sessions.get(id));
  }

  @Override
  public void seen(Digest id, Instant at) {
    sessions.computeIfPresent(id, (_, s) -> new Session(s.id(), s.token(), s.createdAt(), at));
  }

  @Override
  public void remove(Digest id) {
    sessions.remove(id);
  }

  @Override
  public Removal remove(long id, Actor by, Instant at) {
    var found = tokens.values().stream().filter(t -> t.id() == id).findFirst();
    if (found.isEmpty()) {
      return new Removal.Gone();
    } else if (tokens.size() == 1) {
      return new Removal.Last(found.get());
    }
    tokens.values().removeIf(t -> t.id() == id);
    return new Removal.Removed(found.get());
  }

  @Override
  public void put(String scope, SortedMap<String, byte[]> values, Actor by, Instant at) {
    values.forEach((name, value) -> sealed.put(new Name(scope, name), value));
  }

  @Override
  public Optional<byte[]> find(String scope, String name) {
    return Optional.ofNullable(sealed.get(new Name(scope, name)));
  }

  @Override
  public Optional<Name> any() {
    return sealed.keySet().stream().findFirst();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }

  @Override
  public Instant instant() {
    return now;
  }
}
