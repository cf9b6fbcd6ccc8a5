/** Which logos and symbols ship. Names are simple-icons slugs and lucide names; wordmarks unreadable at 24 px stay out. */
const words = (text: string) => [...new Set(text.trim().split(/\s+/))].sort();

export const BRANDS = words(`
  proxmox truenas unraid openmediavault jellyfin plex emby kodi sonarr radarr qbittorrent transmission deluge homeassistant
  homeassistantcommunitystore pihole adguard nextcloud owncloud seafile vaultwarden bitwarden passbolt portainer docker podman kubernetes k3s rancher
  helm argo flux talos grafana prometheus influxdb victoriametrics traefikproxy nginx caddy apache haproxy nginxproxymanager envoyproxy
  opnsense pfsense openwrt ubiquiti mikrotik tailscale wireguard openvpn zerotier cloudflare immich paperlessngx calibreweb
  audiobookshelf freshrss gitea forgejo gitlab github git jenkins drone renovate postgresql mysql mariadb sqlite mongodb redis
  elasticsearch opensearch meilisearch clickhouse apachecassandra apachekafka rabbitmq minio rclone syncthing uptimekuma ntfy mqtt eclipsemosquitto
  zigbee2mqtt zigbee esphome espressif tasmota nodered n8n frigate homebridge octoprint mealie grocy actualbudget fireflyiii invoiceninja
  wallabag bookstack outline trilium joplin obsidian notion hedgedoc baserow mattermost matrix element rocketdotchat mumble teamspeak discord
  authentik authelia keycloak openid apacheguacamole cockpit netdata icinga checkmk homarr homepage searxng ollama huggingface 
  nvidia amd intel arm raspberrypi arduino debian ubuntu fedora redhat archlinux manjaro alpinelinux nixos almalinux rockylinux centos opensuse suse gentoo linuxmint kalilinux voidlinux
  freebsd openbsd netbsd apple macos android linux ansible terraform opentofu packer vagrant vault consul nomad vmware citrix virtualbox qemu ceph openstack
  hp dell lenovo supermicro cisco tplink netgear asus msi qnap seagate samsung schneiderelectric philipshue ikea sonos shelly  
  onlyoffice libreoffice vscodium coder gitpod jupyter excalidraw penpot diagramsdotnet metabase apachesuperset umami plausibleanalytics matomo ghost wordpress drupal hugo discourse
  peertube pixelfed mastodon lemmy spotify steam claude anthropic python nodedotjs go rust php ruby dotnet
  letsencrypt namecheap gandi hetzner ovh backblaze googlecloud digitalocean mailgun roundcube thunderbird
  youtube twitch openstreetmap traccar monica redmine openproject odoo erpnext
`);

export const SYMBOLS = words(`
  server server-cog server-off cpu memory-stick hard-drive hard-drive-download hard-drive-upload database database-backup disc-3 archive box boxes container package
  monitor monitor-smartphone laptop laptop-minimal tablet smartphone tv printer scan-barcode keyboard mouse gamepad-2 headphones speaker camera cctv webcam video music film clapperboard
  router network ethernet-port wifi wifi-off bluetooth radio radio-tower satellite-dish antenna cable plug plug-zap usb nfc globe globe-lock cloud cloud-cog cloud-upload cloud-download link waypoints
  shield shield-check shield-alert lock key key-round fingerprint-pattern brick-wall eye bug scan radar
  battery battery-charging zap power circuit-board microchip fan thermometer flame snowflake droplet lightbulb lamp house warehouse building factory door-open bed sofa
  folder folder-sync folder-tree file-text files book book-open notebook-text library newspaper clipboard-list list-checks bookmark tag tags
  app-window layout-dashboard layout-grid gauge activity chart-line chart-pie bell mail message-square phone calendar clock timer alarm-clock rotate-ccw rotate-cw refresh-cw
  code terminal square-terminal git-branch git-merge workflow bot brain sparkles wand wrench hammer settings cog sliders-horizontal toggle-left puzzle blocks shapes component layers
  download upload share-2 send rss search funnel map map-pin compass car bike plane ship truck package-open shopping-cart wallet credit-card coins receipt
  image images palette pen pencil languages user users heart star flag trophy leaf trees flower-2 sun moon cloud-sun paw-print dog cat baby utensils coffee
`);
