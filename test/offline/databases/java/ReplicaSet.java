import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.message.MongoMessage;
import de.bwaldvogel.mongo.wire.message.MongoQuery;
import io.netty.channel.Channel;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A replica set for tests: members that speak MongoDB's protocol on 127.0.0.1 and share one store in memory, so that a
 * write is on all of them at once. Elections are controlled by commands.
 *
 * <p>Usage: {@code ReplicaSet MEMBERS}. Prints the members' ports on one line, then executes commands from standard
 * input and prints {@code ok} for each: {@code primary I}, {@code primary none}, {@code down I}, {@code up I}. Exits at
 * the end of standard input, so it never outlives the process that started it.
 */
public final class ReplicaSet {
  private static final String NAME = "rs0";

  /** Commands that a member executes whether it is the primary or not. */
  private static final Set<String> FOR_EVERY_MEMBER =
      Set.of("ping", "buildinfo", "endsessions", "getparameter", "serverstatus", "whatsmyuri", "killcursors", "connectionstatus", "saslstart");

  private static final Set<String> READS = Set.of("find", "getmore", "count", "distinct", "aggregate", "listcollections", "listindexes", "listdatabases");

  private static final int NOT_WRITABLE_PRIMARY = 10107;
  private static final int NOT_PRIMARY_NO_SECONDARY_OK = 13435;

  /** The minimum wire version of current drivers. The newest one of the library is one lower. */
  private static final class Version implements MongoVersion {
    @Override
    public List<Integer> getVersionArray() {
      return List.of(4, 4, 0);
    }

    @Override
    public int getWireVersion() {
      return 9;
    }
  }

  private final MongoBackend store = new MemoryBackend().version(new Version());
  private final List<Integer> ports = new ArrayList<>();
  private final List<MongoServer> servers = new ArrayList<>();
  /** Index of the primary; -1 during an election. */
  private volatile int primary = 0;
  private volatile int term = 1;

  public static void main(String[] arguments) throws Exception {
    ReplicaSet set = new ReplicaSet();
    set.start(Integer.parseInt(arguments[0]));
    System.out.println(set.ports.stream().map(String::valueOf).collect(Collectors.joining(" ")));
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] words = line.trim().split(" ");
      set.execute(words[0], words[1]);
      System.out.println("ok");
    }
    System.exit(0);
  }

  private void start(int members) throws Exception {
    List<ServerSocket> reserved = new ArrayList<>();
    // All ports are chosen before the first member listens, because each reports the addresses of all.
    for (int i = 0; i < members; i++) {
      ServerSocket socket = new ServerSocket();
      socket.bind(new InetSocketAddress("127.0.0.1", 0));
      reserved.add(socket);
      ports.add(socket.getLocalPort());
    }
    for (ServerSocket socket : reserved) socket.close();
    for (int i = 0; i < members; i++) servers.add(listen(i));
  }

  private MongoServer listen(int member) {
    MongoServer server = new MongoServer(new Member(member));
    server.bind(new InetSocketAddress("127.0.0.1", ports.get(member)));
    return server;
  }

  private void execute(String command, String argument) {
    switch (command) {
      case "primary" -> {
        primary = argument.equals("none") ? -1 : Integer.parseInt(argument);
        if (primary >= 0) term++;
      }
      case "down" -> servers.get(Integer.parseInt(argument)).shutdownNow();
      case "up" -> servers.set(Integer.parseInt(argument), listen(Integer.parseInt(argument)));
      default -> throw new IllegalArgumentException("unknown command " + command + "; use primary, down or up");
    }
  }

  private String address(int member) {
    return "127.0.0.1:" + ports.get(member);
  }

  /** One member's view of the store. */
  private final class Member implements MongoBackend {
    private final int index;

    Member(int index) {
      this.index = index;
    }

    @Override
    public Document handleCommand(Channel channel, String database, String command, Document query) {
      if (isHello(command)) return hello();
      Document rejection = rejection(command, query);
      return rejection != null ? rejection : store.handleCommand(channel, database, command, query);
    }

    @Override
    public Document handleMessage(MongoMessage message) {
      String command = message.getDocument().keySet().iterator().next();
      if (isHello(command)) return hello();
      Document rejection = rejection(command, message.getDocument());
      return rejection != null ? rejection : store.handleMessage(message);
    }

    private boolean isHello(String command) {
      return command.equalsIgnoreCase("hello") || command.equalsIgnoreCase("isMaster");
    }

    private Document hello() {
      boolean isPrimary = index == primary;
      Document response = new Document("isWritablePrimary", isPrimary);
      response.append("ismaster", isPrimary).append("secondary", !isPrimary);
      response.append("setName", NAME).append("setVersion", 1).append("me", address(index));
      response.append("hosts", ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.toList()));
      int current = primary;
      if (current >= 0) response.append("primary", address(current));
      response.append("maxBsonObjectSize", 16 * 1024 * 1024).append("maxMessageSizeBytes", 48_000_000).append("maxWriteBatchSize", 100_000);
      // Drivers number writes, to make them retryable, only if the server has sessions.
      response.append("logicalSessionTimeoutMinutes", 30).append("minWireVersion", 0).append("maxWireVersion", 9);
      return response.append("readOnly", false).append("ok", 1.0);
    }

    /** The error of a member that is not the primary; null if it may execute the command. */
    private Document rejection(String command, Document query) {
      String name = command.toLowerCase(Locale.ROOT);
      if (index == primary || FOR_EVERY_MEMBER.contains(name)) return null;
      if (!READS.contains(name)) return error(query, NOT_WRITABLE_PRIMARY, "NotWritablePrimary", "not primary");
      Object preference = query.get("$readPreference");
      boolean secondaryOk = preference instanceof Document && !"primary".equals(((Document) preference).get("mode"));
      return secondaryOk ? null : error(query, NOT_PRIMARY_NO_SECONDARY_OK, "NotPrimaryNoSecondaryOk", "not primary and secondaryOk=false");
    }

    private Document error(Document query, int code, String codeName, String message) {
      Document response = new Document("ok", 0.0).append("errmsg", message).append("code", code).append("codeName", codeName);
      return query.containsKey("txnNumber") ? response.append("errorLabels", List.of("RetryableWriteError")) : response;
    }

    @Override
    public QueryResult handleQuery(MongoQuery query) {
      return store.handleQuery(query);
    }

    @Override
    public void handleClose(Channel channel) {
      store.handleClose(channel);
    }

    @Override
    public void dropDatabase(String database) {
      store.dropDatabase(database);
    }

    @Override
    public Collection<Document> getCurrentOperations(MongoQuery query) {
      return store.getCurrentOperations(query);
    }

    @Override
    public Document getServerStatus() {
      return store.getServerStatus();
    }

    /** The store outlives a member that is shut down. */
    @Override
    public void close() {}

    @Override
    public void closeCursors(List<Long> cursors) {
      store.closeCursors(cursors);
    }

    @Override
    public Clock getClock() {
      return store.getClock();
    }

    @Override
    public void enableOplog() {
      store.enableOplog();
    }

    @Override
    public void disableOplog() {
      store.disableOplog();
    }

    @Override
    public MongoDatabase resolveDatabase(String database) {
      return store.resolveDatabase(database);
    }

    @Override
    public MongoBackend version(MongoVersion version) {
      return store.version(version);
    }
  }
}
