// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The named pipe: which server is believed.
#include "gnomon/identities.h"
#include "world.h"

namespace gnomon::test {

namespace {

/** An entry for the service in the service manager, which does not run. */
class InstalledService {
public:
    InstalledService() : manager_(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS)) {
        REQUIRE(manager_);
        service_ = ServiceHandle(CreateServiceW(manager_.get(), GNOMON_WIDE(GNOMON_VSS_SERVICE_NAME), nullptr, SERVICE_ALL_ACCESS,
                                                SERVICE_WIN32_OWN_PROCESS, SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, L"C:\\nothing.exe",
                                                nullptr, nullptr, nullptr, nullptr, nullptr));
        REQUIRE(service_);
    }
    ~InstalledService() { DeleteService(service_.get()); }
    InstalledService(const InstalledService&) = delete;
    InstalledService& operator=(const InstalledService&) = delete;

private:
    ServiceHandle manager_;
    ServiceHandle service_;
};

}  // namespace

TEST_CASE("pipeOfAnAdministratorsProcessIsTheServiceWhereNoneIsInstalled") {
    FakeService service(Manners::Good, true);
    service.on("IsVolumeSupported", ok(R"({"supported":true})"));
    service.on("EndPrepareSnapshots", [](const Received&) {
        Sleep(300);
        return ok();
    });
    Object object;
    BOOL supported = FALSE;
    CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
    CHECK(supported == TRUE);
    std::thread preparing([&object] { CHECK(object.sets->EndPrepareSnapshots(kSet) == S_OK); });
    CHECK(object.sets->AbortSnapshots(kSet) == S_OK);
    preparing.join();
    CHECK(service.connections() == 1);
    object.release();
    CHECK(service.disconnected());
}

TEST_CASE("pipeOfAnotherProcessThanTheInstalledServicesIsNotBelieved") {
    const InstalledService installed;
    FakeService service(Manners::Good, true);
    const Object object;
    const Events events;
    BOOL supported = TRUE;
    CHECK(object.copies->IsVolumeSupported(volumeName(), &supported) == S_OK);
    CHECK(supported == FALSE);
    CHECK(object.copies->BeginPrepareSnapshot(kSet, kCopy, volumeName(), 0) == kVeto);
    CHECK(service.received().empty());
    REQUIRE(events.count() >= 1);
    CHECK(events.all().back().id == GNOMON_EVENT_UNTRUSTED);
}

TEST_CASE("pipeThatNobodyServesIsAServiceThatIsDown") {
    setSetting(L"Channel", nullptr);
    setSetting(L"PipeName", L"Gnomon.Vss.Nobody");
    const Object object;
    const Stopwatch watch;
    CHECK(object.sets->EndPrepareSnapshots(kSet) == kVeto);
    CHECK(watch.millis() < 2000);
    setSetting(L"PipeName", nullptr);
}

}  // namespace gnomon::test
