// The local API over real ipc sockets in a fresh directory; the server runs on a second thread.
#include "adapters/api_socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zmq.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

namespace xianjie::adapters {
namespace {

class ApiSocketTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = "/tmp/xianjie-api-XXXXXX";  // short enough for a socket's path
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    directory = name;
    path = directory + "/api.sock";
  }
  void TearDown() override {
    stop();
    std::filesystem::remove_all(directory);
  }

  using Handler = std::function<void(ApiServer&, const ApiCall&)>;
  void serve(Handler handler) {
    auto opened = ApiServer::open(path);
    ASSERT_TRUE(opened) << opened.error().text;
    server = std::move(*opened);
    thread = std::thread([this, run = std::move(handler)] {
      Poller poller;
      poller.add(*server);
      poller.add_fd(wake.fd());
      while (!stopping) {
        for (const ApiCall& call : server->poll(16)) run(*server, call);
        poller.wait(kNever);
      }
      server.reset();
    });
  }
  void stop() {
    stopping = true;
    wake.notify();
    if (thread.joinable()) thread.join();
  }
  static Result<ApiReply> ask(ApiClient& client, std::uint64_t id, Duration silence,
                              std::string command = "x") {
    ApiRequest request;
    request.id = id;
    request.command = std::move(command);
    return client.call(request, {}, silence);
  }
  static ApiReply done(const ApiCall& call, std::string json) {
    ApiReply reply;
    reply.id = call.request.id;
    reply.ok = true;
    reply.json = std::move(json);
    return reply;
  }

  std::string directory, path;
  std::unique_ptr<ApiServer> server;
  WakeEvent wake = *WakeEvent::make();
  std::atomic<bool> stopping{false};
  std::thread thread;
};

TEST_F(ApiSocketTest, ARequestItsProgressAndItsReply) {
  serve([](ApiServer& api, const ApiCall& call) {
    ApiReply progress = done(call, "half");
    progress.final = false;
    EXPECT_TRUE(api.reply(call.client, progress));
    ApiReply last = done(call, call.request.command + call.request.options.at("kind"));
    last.body = call.request.body;
    EXPECT_TRUE(api.reply(call.client, last));
  });
  struct stat made {};
  ASSERT_EQ(::stat(path.c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0600U);

  const auto client = ApiClient::connect(path);
  ASSERT_TRUE(client) << client.error().text;
  for (std::uint64_t id = 1; id <= 3; ++id) {
    ApiRequest request;
    request.id = id;
    request.command = "submit";
    request.options = {{"kind", " x"}};
    request.body = Bytes(20U << 20, 5);
    std::vector<std::string> progress;
    const auto reply = (*client)->call(
        request, [&](const ApiReply& part) { progress.push_back(part.json); }, seconds(20));
    ASSERT_TRUE(reply) << reply.error().text;
    EXPECT_EQ(reply->json, "submit x");
    EXPECT_EQ(reply->body, request.body);
    EXPECT_EQ(progress, std::vector<std::string>{"half"});
  }
}

TEST_F(ApiSocketTest, NoDaemonIsSaidPlainly) {
  const auto client = ApiClient::connect(path);
  ASSERT_FALSE(client);
  EXPECT_EQ(client.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(client.error().text, "no daemon at " + path + ": start it with xianjied --config FILE");
}

TEST_F(ApiSocketTest, ADaemonThatGoesAwayIsNoticed) {
  serve([this](ApiServer&, const ApiCall&) { stopping = true; });
  const auto client = ApiClient::connect(path);
  ASSERT_TRUE(client);
  wake.notify();
  const auto reply = ask(**client, 1, kNever);
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, ErrorCode::kRetry);
  EXPECT_NE(reply.error().text.find("went away"), std::string::npos);
}

TEST_F(ApiSocketTest, AnAnswerToAnEarlierCallIsNotTakenForThisOne) {
  serve([](ApiServer& api, const ApiCall& call) {
    if (call.request.command == "slow") return;
    ApiReply old = done(call, "late");
    old.id = 1;
    api.reply(call.client, old);
    api.reply(call.client, done(call, "fresh"));
  });
  const auto client = ApiClient::connect(path);
  ASSERT_TRUE(client);
  const auto slow = ask(**client, 1, milliseconds(50), "slow");
  ASSERT_FALSE(slow);
  EXPECT_EQ(slow.error().code, ErrorCode::kRetry);
  const auto fresh = ask(**client, 2, seconds(20), "quick");
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->json, "fresh");
}

TEST_F(ApiSocketTest, RubbishIsAnsweredWithAnError) {
  serve([](ApiServer& api, const ApiCall& call) { api.reply(call.client, done(call, "fine")); });
  auto context = ZmqContext::make();
  ASSERT_TRUE(context);
  auto dealer = ZmqSocket::make(*context, ZmqSocket::Type::kDealer);
  ASSERT_TRUE(dealer);
  ASSERT_TRUE(dealer->connect("ipc://" + path));
  ASSERT_EQ(dealer->send(as_bytes("rubbish")), ZmqSocket::Sent::kYes);
  dealer->send(as_bytes("two"), true);
  ASSERT_EQ(dealer->send(as_bytes("parts")), ZmqSocket::Sent::kYes);
  for (int n = 0; n < 2; ++n) {
    zmq_pollitem_t item{dealer->handle(), 0, ZMQ_POLLIN, 0};
    ASSERT_EQ(zmq_poll(&item, 1, 20'000), 1);
    const auto part = dealer->receive();
    ASSERT_TRUE(part);
    const auto reply = decode_api_reply(part->data);
    ASSERT_TRUE(reply);
    EXPECT_FALSE(reply->ok);
    EXPECT_TRUE(reply->final);
    EXPECT_FALSE(reply->text.empty());
  }
  const auto client = ApiClient::connect(path);
  ASSERT_TRUE(client);
  EXPECT_TRUE(ask(**client, 9, seconds(20)));
}

TEST_F(ApiSocketTest, ALivingSocketIsLeftAloneAndADeadOneReplaced) {
  serve([](ApiServer& api, const ApiCall& call) { api.reply(call.client, done(call, "first")); });
  const auto second = ApiServer::open(path);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find("another daemon"), std::string::npos);
  {
    const auto client = ApiClient::connect(path);
    ASSERT_TRUE(client);
    EXPECT_TRUE(ask(**client, 1, seconds(20))) << "the first one still answers";
  }
  stop();
  EXPECT_FALSE(std::filesystem::exists(path));

  // As SIGKILL leaves it: bound once, nobody behind it.
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(fd);
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(ApiClient::connect(path).error().code, ErrorCode::kNotFound);
  const auto third = ApiServer::open(path);
  EXPECT_TRUE(third) << third.error().text;
}

TEST_F(ApiSocketTest, PathsThatCannotBeAreRefused) {
  const auto text_of = [](const std::string& wanted) {
    const auto opened = ApiServer::open(wanted);
    return opened ? std::string("opened") : opened.error().text;
  };
  std::ofstream(path) << "a file";
  EXPECT_NE(text_of(path).find("something else"), std::string::npos);
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_NE(text_of("api.sock").find("not absolute"), std::string::npos);
  std::string longest = directory + "/";
  longest.resize(kApiPathMax, 'x');
  EXPECT_EQ(text_of(longest), "opened");
  EXPECT_NE(text_of(longest + "x").find("108 bytes; at most 107"), std::string::npos);
  EXPECT_NE(text_of(directory + "/none/api.sock").find("cannot listen"), std::string::npos);
  EXPECT_FALSE(ApiClient::connect(longest + "x"));
}

}  // namespace
}  // namespace xianjie::adapters
