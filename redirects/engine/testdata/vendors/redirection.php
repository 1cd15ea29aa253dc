<?php
// Imports redirection.csv or redirection.json of the folder with the reader of the
// WordPress plugin Redirection, and answers requests with the plugin's own matcher:
//
//   php redirection.php WORDPRESS PLUGIN PORT
//
// Texts go through WordPress's own functions (formatting, kses, wp_sanitize_redirect). The
// database is a stand-in: two tables in memory and the few queries that are asked.
error_reporting( E_ALL & ~E_DEPRECATED );
set_error_handler( function ( $level, $message, $file, $line ) {
	if ( ! ( error_reporting() & $level ) ) {
		return true;
	}
	fwrite( STDERR, "$message in $file:$line\n" );
	return true;
} );

[ , $wordpress, $plugin, $port ] = $argv;
define( 'ABSPATH', $wordpress . '/' );
define( 'WPINC', 'wp-includes' );
define( 'REDIRECTION_FILE', $plugin . '/redirection.php' );
foreach ( [ 'plugin', 'formatting', 'kses', 'functions', 'pluggable', 'load', 'class-wp-error', 'shortcodes', 'http' ] as $name ) {
	require_once ABSPATH . WPINC . "/$name.php";
}

// No option is stored: the plugin takes its defaults.
add_filter( 'pre_option', fn( $value, $name ) => $name === 'blog_charset' ? 'UTF-8' : [], 10, 2 );
add_filter( 'pre_update_option', fn( $value, $name, $old ) => $old, 10, 3 );
function __( $text ) {
	return $text;
}

class wpdb_stand_in {
	public $prefix = '';
	public $queries = [];
	public $num_queries = 0;
	public $insert_id = 0;
	private $items = [];
	private $groups = [];
	private $by_url = [];

	public function insert( $table, $row ) {
		if ( $table === 'redirection_groups' ) {
			$row['id'] = count( $this->groups ) + 1;
			$this->groups[ $row['id'] ] = (object) $row;
		} else {
			$row += [ 'id' => count( $this->items ) + 1, 'last_access' => '1970-01-01 00:00:00', 'last_count' => 0 ];
			$this->items[ $row['id'] ] = (object) $row;
			$this->by_url[ $row['match_url'] ][] = (object) $row;
		}
		$this->insert_id = $row['id'];
		return 1;
	}
	public function prepare( $query, ...$values ) {
		return [ $query, $values ];
	}
	public function get_row( $asked ) {
		[ $query, $values ] = $asked;
		return strpos( $query, 'redirection_groups' ) !== false ? ( $this->groups[ $values[0] ] ?? null ) : ( $this->items[ $values[0] ] ?? null );
	}
	public function get_var() {
		return count( $this->items );
	}
	public function get_results( $asked ) {
		$found = [];
		foreach ( array_unique( array_slice( $asked[1], 0, 2 ) ) as $url ) {
			$found = array_merge( $found, $this->by_url[ $url ] ?? [] );
		}
		return array_values( array_filter( $found, fn( $row ) => $row->status === 'enabled' ) );
	}
}
$wpdb = new wpdb_stand_in();

foreach ( [ 'redirection-version.php', 'redirection-settings.php', 'models/url/url.php', 'models/regex.php', 'models/module.php', 'models/group.php', 'models/match.php', 'models/action.php', 'models/request.php', 'models/redirect/redirect.php', 'models/file-io.php' ] as $name ) {
	require_once "$plugin/$name";
}

$group = Red_Group::create( 'imported', 1 );
$name = file_exists( 'redirection.json' ) ? 'redirection.json' : 'redirection.csv';
$count = Red_FileIO::import( $group->get_id(), [ 'name' => $name, 'tmp_name' => $name ] );
fwrite( STDERR, "$count rows imported\n" );

function answer( $host, $target ) {
	$_SERVER['HTTP_HOST'] = $_SERVER['SERVER_NAME'] = $host;
	$_SERVER['REQUEST_URI'] = addslashes( $target ); // as WordPress leaves it
	$request = new Red_Url_Request( Redirection_Request::get_request_url() );
	foreach ( Red_Item::get_for_matched_url( $request->get_decoded_url() ) as $item ) {
		$action = $item->get_match( $request->get_decoded_url(), $request->get_original_url() );
		if ( $action ) {
			return [ $action->get_code(), $action->needs_target() ? wp_sanitize_redirect( $action->get_target() ) : '' ];
		}
	}
	return [ 404, '' ];
}

$server = stream_socket_server( "tcp://127.0.0.1:$port" );
$connections = [];
for ( ;; ) {
	$ready = array_merge( [ $server ], $connections );
	$write = $except = null;
	stream_select( $ready, $write, $except, null );
	foreach ( $ready as $socket ) {
		if ( $socket === $server ) {
			$new = stream_socket_accept( $server );
			$connections[ (int) $new ] = $new;
			continue;
		}
		$line = stream_get_line( $socket, 65536, "\r\n" );
		if ( $line === false ) {
			unset( $connections[ (int) $socket ] );
			fclose( $socket );
			continue;
		}
		$host = '';
		while ( ( $field = stream_get_line( $socket, 65536, "\r\n" ) ) !== false && $field !== '' ) {
			if ( stripos( $field, 'host:' ) === 0 ) {
				$host = trim( substr( $field, 5 ) );
			}
		}
		[ $status, $location ] = answer( $host, substr( $line, 4, -9 ) );
		fwrite( $socket, "HTTP/1.1 $status x\r\nContent-Length: 0\r\n" . ( $location === '' ? '' : "Location: $location\r\n" ) . "\r\n" );
	}
}
