/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.ProviderCall;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import tools.jackson.databind.node.ObjectNode;

/** The shim's side of the channel, step by step, so that a test can do each wrongly. Owned by one thread. */
public final class ShimClient implements AutoCloseable {
    static final String NONCE = "0123456789abcdef".repeat(4);

    private static final int WAIT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final OutputStream out;
    private final ChannelSecret secret;
    private final int port;
    private long lastId;

    /** Connects to whom the channel file of a state directory names. */
    ShimClient(Path state) throws IOException, ChannelException {
        ObjectNode file = ChannelJson.parse(Files.readAllBytes(ChannelFile.path(state)));
        ChannelFields fields = new ChannelFields(file);
        port = (int) fields.integer("port", 1, 65_535);
        secret = ChannelSecret.of(fields.text("secret"));
        socket.setSoTimeout(WAIT_MILLIS);
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(fields.text("address")), port), WAIT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Connects and proves the secret. */
    public static ShimClient welcome(Path state) throws IOException, ChannelException {
        ShimClient client = new ShimClient(state);
        client.send(hello());
        ObjectNode challenge = client.receive();
        client.send(ChannelJson.object().put("type", "proof").put("proof", client.proof(challenge)));
        new ChannelFields(client.receive()).requireType("welcome");
        return client;
    }

    static ObjectNode hello() {
        ObjectNode hello = ChannelJson.object()
                .put("type", "hello")
                .put("shimVersion", "0.1.0")
                .put("processId", 4711)
                .put("nonce", NONCE);
        hello.putArray("protocols").add(1);
        return hello;
    }

    /** Returns the proof that the shim owes for a challenge. */
    String proof(ObjectNode challenge) throws ChannelException {
        return proof(challenge, ChannelSecret.Role.SHIM);
    }

    String proof(ObjectNode challenge, ChannelSecret.Role role) throws ChannelException {
        byte[] serviceNonce = new ChannelFields(challenge).bytes32("nonce");
        return HexFormat.of().formatHex(secret.proof(role, HexFormat.of().parseHex(NONCE), serviceNonce, port));
    }

    /** Sends a request and returns its number. */
    public long request(ProviderCall call) throws IOException {
        long id = ++lastId;
        send(CallCodec.encode(new ChannelRequest(id, 1, 0, 60_000, call)));
        return id;
    }

    /** Sends a request and returns the next reply. */
    public ObjectNode ask(ProviderCall call) throws IOException, ChannelException {
        long id = request(call);
        ObjectNode reply = receive();
        if (reply.path("id").longValue() != id) {
            throw new AssertionError("a reply to another request: " + reply);
        }
        return reply;
    }

    void send(ObjectNode message) throws IOException {
        sendBody(ChannelJson.toBytes(message));
    }

    void sendBody(byte[] body) throws IOException {
        sendRaw(ByteBuffer.allocate(Integer.BYTES + body.length)
                .putInt(body.length)
                .put(body)
                .array());
    }

    void sendRaw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** Returns the next message. */
    public ObjectNode receive() throws IOException, ChannelException {
        return ChannelJson.parse(receiveBody());
    }

    byte[] receiveBody() throws IOException {
        byte[] body = new byte[in.readInt()];
        in.readFully(body);
        return body;
    }

    String receiveText() throws IOException {
        return new String(receiveBody(), StandardCharsets.UTF_8);
    }

    /** Returns whether the service ends the connection without another byte. */
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException e) {
            return true; // Reset: the service closed with bytes unread.
        }
    }

    /** As {@link #isEnded}, whatever this side says first. */
    boolean isEndedAt(ObjectNode message) throws IOException {
        try {
            send(message);
        } catch (SocketException e) {
            return true;
        }
        return isEnded();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
